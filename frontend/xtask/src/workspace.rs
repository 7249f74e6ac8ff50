//! Where the checkout and its build results are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Explain, Failure, Outcome};

/// The checkout this program belongs to, and the folder its build results go to.
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// `CARGO_TARGET_DIR`, or `target` in the checkout.
    pub target: PathBuf,
}

impl Workspace {
    /// Cargo names the folder of this crate when it runs us; started by hand, the place of compilation serves.
    pub fn find() -> Outcome<Workspace> {
        let own = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = own.ancestors().nth(2).filter(|root| root.join("Cargo.toml").is_file());
        let root = root
            .ok_or_else(|| Failure("this is not run from a checkout of Touchstone; use `cargo xtask` inside one".into()))?
            .to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(named) => std::path::absolute(&named).explain(|| format!("CARGO_TARGET_DIR is not usable: {}", named.display()))?,
            None => root.join("target"),
        };
        Ok(Workspace { root, target })
    }

    /// Cargo, in the root of the checkout.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        // Cargo set these for running us. A build script that looks at one would run again whenever we are started another
        // way, and with it everything that depends on its crate would be compiled again.
        let ours = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        command
    }

    /// A path of the checkout.
    pub fn path(&self, inside: impl AsRef<Path>) -> PathBuf {
        self.root.join(inside)
    }
}

/// `~/.cache/touchstone`, for what is made once and shared by every checkout.
pub fn cache_folder() -> Outcome<PathBuf> {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    let home = home.ok_or_else(|| Failure("there is no home folder to keep built tools in; set HOME".into()))?;
    Ok(home.join(".cache").join("touchstone"))
}
