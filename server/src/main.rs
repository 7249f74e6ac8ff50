//! The `touchstone` binary.

use clap::Parser;
use server::commands::{self, CommandFailure, CommandLine, Task};
use server::config::DatabaseOptions;
use server::{logging, serve};
use std::process::ExitCode;
use std::time::Duration;
use store::Store;

/// See its reason in `Cargo.toml`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let CommandLine { task } = CommandLine::parse();
    match start(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

fn start(task: Task) -> Result<(), CommandFailure> {
    logging::start().map_err(CommandFailure::Usage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(run(task));
    // What is still running here was given its time already.
    runtime.shutdown_timeout(Duration::from_millis(200));
    result
}

async fn run(task: Task) -> Result<(), CommandFailure> {
    match task {
        Task::Serve(config) => serve::serve(config).await,
        Task::Migrate { database, distribute } => commands::migrate(database.options(), distribute).await,
        Task::Verify(command) => command.run().await,
        Task::Export(command) => command.run().await,
        Task::Import(command) => command.run().await,
        Task::Seed(command) => command.run().await,
        Task::Bench(command) => command.run().await,
        Task::User { database, command } => {
            let store = open(&database).await?;
            let result = command.run(&store).await;
            store.close().await;
            result
        }
        Task::Key { database, command } => {
            let store = open(&database).await?;
            let result = command.run(&store).await;
            store.close().await;
            result
        }
    }
}

async fn open(database: &DatabaseOptions) -> Result<Store, CommandFailure> {
    Ok(Store::open(database.options()).await?)
}
