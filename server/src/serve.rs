//! From the command line to a listening server, and to its orderly end.

use crate::application::Application;
use crate::commands::CommandFailure;
use crate::config::Serve;
use crate::connections;
use crate::language_model::LanguageModelEndpoint;
use crate::router::router;
use std::io::{ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long answers may still take once the server is told to stop. With closing the store it stays below five seconds.
const FINISH: Duration = Duration::from_millis(3500);

/// How long what is being written may take after that.
const CLOSE: Duration = Duration::from_secs(1);

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// When the database cannot be opened or the address not be listened on; the sentence says what to do next.
pub async fn serve(config: Serve) -> Result<(), CommandFailure> {
    let store = Store::open(config.database.options()).await?;
    if let Some(endpoint) = LanguageModelEndpoint::of(&config.language_model).map_err(|error| CommandFailure::Failed(error.to_string()))? {
        store.read_english_by(endpoint);
    }
    let listener = TcpListener::bind(config.listen).await.map_err(|error| explain(&error, config.listen))?;
    let address = listener.local_addr()?;
    let (end, ending) = watch::channel(false);
    let application = Application::new(store.clone(), config.settings(), ending);
    let serving = connections::run(listener, application.clone(), router(application));
    // From here on a stop is noticed, also by who started us and waits only for the lines below.
    let stopped = stop_signal()?;
    let serving = tokio::spawn(serving);
    announce(&store, &config, address).await?;
    if config.demo {
        let options = config.database.options();
        tokio::spawn(async move {
            if let Err(error) = demo::seed::seed(options).await {
                tracing::error!(%error, "the demo project could not be made");
            }
        });
    }
    stopped.await;
    tracing::info!("stopping");
    // Nobody listening is no error: then the server has ended already.
    let _ = end.send(true);
    if tokio::time::timeout(FINISH, serving).await.is_err() {
        tracing::warn!("some answers took too long and were cut off");
    }
    if tokio::time::timeout(CLOSE, store.close()).await.is_err() {
        tracing::warn!("the database took too long to close; what was acknowledged is safe");
    }
    Ok(())
}

fn explain(error: &std::io::Error, address: SocketAddr) -> CommandFailure {
    let advice = match error.kind() {
        ErrorKind::AddrInUse => {
            "Another program, perhaps another Touchstone, uses this port. Stop it, or choose another with --listen 127.0.0.1:3001"
        }
        ErrorKind::PermissionDenied => "Ports below 1024 need special rights. Choose another with --listen 127.0.0.1:3000",
        _ => "Choose an address of this machine with --listen, for example 127.0.0.1:3000",
    };
    CommandFailure::Failed(format!("Cannot listen on {address}: {error}. {advice}."))
}

/// Says on standard output where the server is, and how the first owner gets in.
async fn announce(store: &Store, config: &Serve, address: SocketAddr) -> Result<(), CommandFailure> {
    let link = store.setup_link().await?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "listening on http://{address}")?;
    if let Some(link) = link {
        let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
        let reachable = config.public_url.clone().unwrap_or_else(|| format!("http://{}", SocketAddr::new(ip, address.port())));
        writeln!(output, "set up: {reachable}{}", link.path)?;
    }
    output.flush()?;
    Ok(())
}

/// Returns a future that ends with the first SIGTERM or SIGINT from now on.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
