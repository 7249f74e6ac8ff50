//! Installs what is missing: Debian packages as root, npm and Python packages into folders of the checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Explain, Failure, Outcome};
use crate::process::{find_program, read, run, say};
use crate::workspace::Workspace;

/// Whether we may install packages on this machine.
pub fn is_root() -> bool {
    read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Fetches Debian's lists of packages.
pub fn update_package_lists() -> Outcome {
    may_install()?;
    run(apt_get(&["update"]).stdout(std::io::stderr()))
}

/// Installs Debian packages.
pub fn install(packages: &[&str]) -> Outcome {
    may_install()?;
    say(&format!("installing {} with apt-get", packages.join(", ")));
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    let attempt = || run(apt_get(&arguments).stdout(std::io::stderr()));
    if attempt().is_ok() {
        return Ok(());
    }
    // The lists may be missing or old, and a package's first installation may have stopped half way.
    update_package_lists()?;
    run(Command::new("dpkg").args(["--configure", "-a"]).stdout(std::io::stderr()))?;
    attempt()
}

fn may_install() -> Outcome {
    if find_program("apt-get").is_none() {
        return Err(Failure("apt-get is not there to install it; only Debian's is known".into()));
    }
    if !is_root() {
        return Err(Failure("only root may install it".into()));
    }
    Ok(())
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Chromium and a font for it.
pub fn browser() -> Outcome {
    let mut missing = Vec::new();
    if !["chromium", "chromium-browser", "google-chrome"].iter().any(|name| find_program(name).is_some()) {
        missing.push("chromium");
    }
    if find_program("apt-get").is_some() && !Path::new("/usr/share/fonts/truetype/dejavu").is_dir() {
        missing.push("fonts-dejavu-core");
    }
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing).map_err(|failure| Failure(format!("the browser tests need {}: {failure}", missing.join(" and "))))
}

/// The program that watches what a server asks of the operating system.
pub fn tracer() -> Outcome {
    if find_program("strace").is_some() {
        return Ok(());
    }
    install(&["strace"]).map_err(|failure| Failure(format!("the crash tests need strace: {failure}")))
}

/// The npm packages of `end2end/`, exactly as its lock file names them.
pub fn npm_packages(workspace: &Workspace) -> Outcome {
    if find_program("npm").is_none() {
        return Err(Failure("npm is missing; install Node.js 20 or newer".into()));
    }
    let folder = workspace.path("end2end");
    let wanted = read_file(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("installing the npm packages of end2end/ (about half a minute)");
    let mut command = Command::new("npm");
    command.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).stdout(std::io::stderr());
    // Debian's Chromium is used, so no package needs to fetch a browser of its own.
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(&mut command)?;
    fs::write(&stamp, wanted).explain(|| format!("cannot write {}", stamp.display()))
}

/// A Python that has the packages of `end2end/sdk/requirements.txt`.
pub struct Python {
    /// The interpreter.
    pub program: PathBuf,
    /// Where the packages are, when they are not the interpreter's own.
    pub packages: Option<PathBuf>,
}

impl Python {
    /// Tells a program which Python to use: `TOUCHSTONE_PYTHON`, and `PYTHONPATH` where it is needed.
    pub fn describe(&self, command: &mut Command) {
        command.env("TOUCHSTONE_PYTHON", &self.program);
        if let Some(packages) = &self.packages {
            command.env("PYTHONPATH", packages);
        }
    }
}

/// Installs the Python packages of the SDK tests into `end2end/.venv`.
pub fn python_packages(workspace: &Workspace) -> Outcome<Python> {
    let system = find_program("python3").ok_or_else(|| Failure("python3 is missing; install Python 3.10 or newer".into()))?;
    let folder = workspace.path("end2end/.venv");
    let requirements = workspace.path("end2end/sdk/requirements.txt");
    // An older SDK, found before the others by the programs that are written for it.
    let legacy = workspace.path("end2end/sdk/requirements-legacy.txt");
    let wanted = read_file(&requirements)? + &read_file(&legacy)?;
    let stamp = folder.join("installed.txt");
    let own = folder.join("bin/python");
    let site = folder.join("site");
    let installed = fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);

    if !installed {
        say("installing the Python packages of end2end/sdk (about a minute)");
        if folder.exists() {
            fs::remove_dir_all(&folder).explain(|| format!("cannot remove {}", folder.display()))?;
        }
        let mut install = if run(Command::new(&system).args(["-m", "venv"]).arg(&folder)).is_ok() {
            pip(&own)
        } else {
            // Debian keeps `venv` in a package of its own; a plain folder of packages does as well.
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&site).explain(|| format!("cannot make {}", site.display()))?;
            let mut install = pip(&system);
            install.arg("--target").arg(&site);
            install
        };
        run(install.arg("--requirement").arg(&requirements))?;
        let mut install = pip(if site.is_dir() { &system } else { &own });
        run(install.arg("--target").arg(folder.join("legacy")).arg("--requirement").arg(&legacy))?;
        fs::write(&stamp, wanted).explain(|| format!("cannot write {}", stamp.display()))?;
    }
    let in_site = site.is_dir();
    Ok(Python { program: if in_site { system } else { own }, packages: in_site.then_some(site) })
}

/// The requirements name every package with its version, so nothing is left to resolve.
fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "install", "--quiet", "--no-deps"]).stdout(std::io::stderr());
    command
}

fn read_file(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).explain(|| format!("cannot read {}", path.display()))
}
