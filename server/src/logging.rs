//! Logs on standard error: readable in a terminal, JSON for machines. `TOUCHSTONE_LOG` filters them.
//!
//! Nothing personal is logged: no addresses of people, no queries, no bodies, no tokens.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What is logged unless `TOUCHSTONE_LOG` says otherwise. The database's own libraries log statements at `info`.
const DEFAULT: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn";

/// Starts logging.
///
/// # Errors
/// When `TOUCHSTONE_LOG` cannot be read.
pub fn start() -> Result<(), String> {
    let filter = match std::env::var("TOUCHSTONE_LOG") {
        Ok(text) => EnvFilter::try_new(&text).map_err(|error| {
            format!("TOUCHSTONE_LOG={text} cannot be read: {error}. Write for example TOUCHSTONE_LOG=debug or =info,server=debug")
        })?,
        Err(_) => EnvFilter::new(DEFAULT),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, in a test for example, changes nothing.
    let _ = if std::io::stderr().is_terminal() { builder.try_init() } else { builder.json().try_init() };
    Ok(())
}
