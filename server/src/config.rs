//! What an operator can set, by flags and by environment variables.

use crate::application::{CONNECTIONS, Patience, ServerSettings, connections_each};
use clap::Args;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// 32 MiB: five times the largest batch that the official SDKs send.
pub const BODY_LIMIT: u64 = 32 * 1024 * 1024;

/// Which database, and whose.
#[derive(Args, Clone, Debug)]
pub struct DatabaseOptions {
    /// `sqlite://path.db` or `postgres://user@host/name`.
    #[arg(long, env = "TOUCHSTONE_DATABASE_URL", default_value = "sqlite://touchstone.db", global = true, hide_env_values = true)]
    pub database_url: String,
    /// The name of the organisation, as it stands in addresses.
    #[arg(long, env = "TOUCHSTONE_ORG", default_value = "touchstone", global = true)]
    pub organization: String,
}

impl DatabaseOptions {
    /// The same for the store.
    pub fn options(&self) -> store::StoreOptions {
        store::StoreOptions {
            database_url: self.database_url.clone(),
            organization: self.organization.clone(),
            fate: store::Fate::default(),
        }
    }
}

/// A language model that reads filters in plain English; without one a grammar of its own does.
#[derive(Args, Clone)]
pub struct LanguageModelOptions {
    /// An endpoint that speaks as OpenAI's does, such as `http://localhost:11434/v1`. It is sent what people type to filter, names of the
    /// project, common values of metadata, and names and addresses of members. Without one, a built-in grammar reads plain English.
    #[arg(long, env = "TOUCHSTONE_LLM_URL", value_parser = endpoint, hide_env_values = true)]
    pub llm_url: Option<String>,
    /// The key of that endpoint.
    #[arg(long, env = "TOUCHSTONE_LLM_KEY", hide_env_values = true)]
    pub llm_key: Option<String>,
    /// The model that is asked there.
    #[arg(long, env = "TOUCHSTONE_LLM_MODEL", default_value = "gpt-4o-mini")]
    pub llm_model: String,
}

impl std::fmt::Debug for LanguageModelOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LanguageModelOptions").field("llm_model", &self.llm_model).finish_non_exhaustive()
    }
}

/// How to serve.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Which database, and whose.
    #[command(flatten)]
    pub database: DatabaseOptions,
    /// The address to listen on; port 0 takes any free one.
    #[arg(long, env = "TOUCHSTONE_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// The address under which people reach this server, when that is not the one it listens on, such as `https://review.example.org`
    #[arg(long, env = "TOUCHSTONE_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// On an empty database, makes a project to look around in: traces, experiments, a dataset, and what a team said about them.
    #[arg(long)]
    pub demo: bool,
    /// The largest request body, in bytes.
    #[arg(long, env = "TOUCHSTONE_BODY_LIMIT", default_value_t = BODY_LIMIT)]
    pub body_limit: u64,
    /// Networks of reverse proxies on other machines, such as `10.0.0.0/8,192.168.7.2`. What they say in X-Forwarded-For about where a
    /// request comes from is believed; a proxy on this machine always is.
    #[arg(long, env = "TOUCHSTONE_TRUSTED_PROXY", value_delimiter = ',', value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,
    /// Connections at once, below the number of files that the system lets a process open.
    #[arg(long, env = "TOUCHSTONE_MAX_CONNECTIONS", default_value_t = CONNECTIONS, value_parser = connections)]
    pub max_connections: usize,
    /// Connections at once from one address (with IPv6, from one network of 64 bits), so that nobody takes all places; a quarter of all
    /// where it is not set. Trusted proxies are exempt.
    #[arg(long, env = "TOUCHSTONE_MAX_CONNECTIONS_EACH", value_parser = connections)]
    pub max_connections_each: Option<usize>,
    /// A language model that reads filters in plain English.
    #[command(flatten)]
    pub language_model: LanguageModelOptions,
}

impl Serve {
    /// The same for the server.
    pub fn settings(&self) -> ServerSettings {
        ServerSettings {
            public_url: self.public_url.clone(),
            body_limit: self.body_limit,
            trusted_proxies: self.trusted_proxy.clone(),
            patience: Patience {
                connections: self.max_connections,
                connections_each: self.max_connections_each.unwrap_or_else(|| connections_each(self.max_connections)),
                ..Patience::default()
            },
        }
    }
}

fn connections(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
    number.ok_or_else(|| "use a number from 1 to 1000000".to_owned())
}

fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    network.ok_or_else(|| "give addresses or networks with commas between them, for example 10.0.0.0/8,192.168.7.2".to_owned())
}

fn endpoint(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).is_some_and(|host| !host.is_empty());
    if is_address { Ok(text.to_owned()) } else { Err("give the address of the endpoint, for example http://localhost:11434/v1".to_owned()) }
}

fn public_url(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => Ok(text.to_owned()),
        _ => Err("give scheme and host without a path, for example https://review.example.org".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_addresses_or_ranges() {
        assert!(network("10.0.0.0/8").unwrap().contains(&"10.1.2.3".parse::<IpAddr>().unwrap()));
        assert!(network(" 2001:db8::7 ").unwrap().contains(&"2001:db8::7".parse::<IpAddr>().unwrap()));
        for wrong in ["", "10.0.0.0/33", "proxy.example"] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
        assert!(connections("0").is_err() && connections("many").is_err() && connections("10").is_ok());
    }

    #[test]
    fn an_endpoint_is_an_address() {
        assert_eq!(endpoint(" https://a.example/v1 ").as_deref(), Ok("https://a.example/v1"));
        for wrong in ["", "a.example/v1", "http://"] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(public_url("https://a.example/").as_deref(), Ok("https://a.example"));
        assert_eq!(public_url("http://localhost:3000").as_deref(), Ok("http://localhost:3000"));
        for wrong in ["a.example", "https://", "https://a.example/path", "ftp://a"] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}
