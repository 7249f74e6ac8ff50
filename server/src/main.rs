//! The `touchstone` binary.

use clap::Parser;
use server::commands::{self, CommandFailure};
use server::config::{Command, CommandLine, Database};
use server::{logging, serve};
use std::process::ExitCode;
use std::time::Duration;
use store::Store;

/// See its reason in `Cargo.toml`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let CommandLine { command } = CommandLine::parse();
    match start(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

fn start(command: Command) -> Result<(), CommandFailure> {
    logging::start().map_err(CommandFailure::Usage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(run(command));
    // What is still running here was given its time already.
    runtime.shutdown_timeout(Duration::from_millis(200));
    result
}

async fn run(command: Command) -> Result<(), CommandFailure> {
    match command {
        Command::Serve(config) => serve::serve(config).await,
        Command::Migrate(database) => commands::migrate(database.options()).await,
        Command::Verify(command) => command.run().await,
        Command::Seed(command) => command.run().await,
        Command::Bench(command) => command.run().await,
        Command::User { database, command } => {
            let store = open(&database).await?;
            let result = command.run(&store).await;
            store.close().await;
            result
        }
        Command::Key { database, command } => {
            let store = open(&database).await?;
            let result = command.run(&store).await;
            store.close().await;
            result
        }
    }
}

async fn open(database: &Database) -> Result<Store, CommandFailure> {
    Ok(Store::open(database.options()).await?)
}
