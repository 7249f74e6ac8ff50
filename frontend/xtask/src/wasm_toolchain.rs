//! A compiler that can build for the browser.
//!
//! Most machines have rustup, which adds the target when asked. Some machines reach only package registries; there
//! Debian's compiler serves, with a standard library for the browser that is built once from Debian's source package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Explain, Failure, Outcome};
use crate::process::{find_program, read, run, say, succeeds};
use crate::setup;
use crate::workspace::{Workspace, cache_folder};

/// The target the browser's part is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_COMPILER: &str = "/usr/bin/rustc";
const DEBIAN_CLIPPY: &str = "/usr/bin/clippy-driver";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std";

/// How to build for the browser on this machine.
pub enum WasmToolchain {
    /// The compiler cargo uses anyway has the target.
    Usual,
    /// Debian's compiler, a private standard library, and LLVM's linker.
    Debian { sysroot: PathBuf, linker: PathBuf },
}

/// How the browser's part can be linted with a [`WasmToolchain`].
pub enum Linter {
    /// The command lints and fails on any warning.
    Clippy(Command),
    /// There is no Clippy for this compiler: the command only checks, and its output must be watched for warnings.
    Compiler(Command),
}

impl WasmToolchain {
    /// Finds a toolchain or sets one up. `TOUCHSTONE_WASM_TOOLCHAIN=debian` insists on Debian's.
    pub fn provide() -> Outcome<WasmToolchain> {
        let insist = std::env::var_os("TOUCHSTONE_WASM_TOOLCHAIN").is_some_and(|wanted| wanted == "debian");
        if !insist && usual_has_target() {
            return Ok(WasmToolchain::Usual);
        }
        if let Some(ready) = debian_if_ready()? {
            return Ok(ready);
        }
        if !insist && find_program("rustup").is_some() {
            say(&format!("adding the target {TARGET} with rustup"));
            if succeeds(Command::new("rustup").args(["target", "add", TARGET])) && usual_has_target() {
                return Ok(WasmToolchain::Usual);
            }
            say("rustup could not fetch the target; trying Debian's compiler");
        }
        set_up_debian()
    }

    /// Where the browser's part is built: two compilers never share a target directory.
    pub fn target(&self, workspace: &Workspace) -> PathBuf {
        workspace.target.join(match self {
            WasmToolchain::Usual => "wasm",
            WasmToolchain::Debian { .. } => "wasm-debian",
        })
    }

    /// Cargo for the browser's part.
    pub fn cargo(&self, workspace: &Workspace, arguments: &[&str]) -> Command {
        let mut command = workspace.cargo(arguments);
        command.args(["--target", TARGET]).env("CARGO_TARGET_DIR", self.target(workspace));
        // These flags replace the ones in `.cargo/config.toml`, so the one there is repeated here.
        let mut flags = vec!["--cfg".to_owned(), "erase_components".to_owned()];
        // Parts are cut out of the linked module, and what refers to what is known by its relocations.
        flags.push("-Clink-arg=--emit-relocs".to_owned());
        // Where this machine keeps its crates is nobody's business, and a panic names its place in the source just as well.
        if let Some(home) = cargo_home() {
            flags.push(format!("--remap-path-prefix={}=", home.join("registry/src").display()));
        }
        if let WasmToolchain::Debian { sysroot, linker } = self {
            flags.extend(["--sysroot".to_owned(), sysroot.display().to_string()]);
            command.env("RUSTC", DEBIAN_COMPILER).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        command
    }

    /// The lints that fit this compiler.
    pub fn linter(&self, workspace: &Workspace) -> Linter {
        // The same profile as the bundle, so that build scripts and procedural macros are compiled once for both.
        let check = ["check", "--package", "frontend", "--profile", "wasm-release"];
        match self {
            WasmToolchain::Usual => {
                let mut command = self.cargo(workspace, &["clippy", "--package", "frontend", "--profile", "wasm-release"]);
                command.args(["--", "-D", "warnings"]);
                Linter::Clippy(command)
            }
            WasmToolchain::Debian { .. } => {
                let mut command = self.cargo(workspace, &check);
                if Path::new(DEBIAN_CLIPPY).exists() || setup::install(&["rust-web-clippy"]).is_ok() {
                    // What `cargo clippy` does, with Debian's driver instead of the one beside cargo.
                    let separator = "__CLIPPY_HACKERY__";
                    command.env("RUSTC_WORKSPACE_WRAPPER", DEBIAN_CLIPPY);
                    command.env("CLIPPY_ARGS", format!("-D{separator}warnings{separator}"));
                    Linter::Clippy(command)
                } else {
                    Linter::Compiler(command)
                }
            }
        }
    }
}

fn cargo_home() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

fn usual_has_target() -> bool {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = read(Command::new(compiler).args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Debian's toolchain when everything it needs has been made before.
fn debian_if_ready() -> Outcome<Option<WasmToolchain>> {
    let Some(compiler) = DebianCompiler::find() else { return Ok(None) };
    let Some(linker) = newest_linker(compiler.llvm) else { return Ok(None) };
    let sysroot = compiler.sysroot()?;
    Ok(libraries(&sysroot).is_dir().then_some(WasmToolchain::Debian { sysroot, linker }))
}

fn set_up_debian() -> Outcome<WasmToolchain> {
    if DebianCompiler::find().and_then(|compiler| newest_linker(compiler.llvm)).is_none() {
        let packages = linker_package().map(|linker| ["rustc-web".to_owned(), "rust-web-src".to_owned(), linker]);
        let installed = packages.and_then(|packages| setup::install(&packages.each_ref().map(String::as_str)));
        installed.map_err(|failure| {
            Failure(format!(
                "building for the browser needs Rust's target {TARGET}, and it could not be set up ({failure}). \
                 Install it with `rustup target add {TARGET}`; or on Debian, as root, \
                 `apt-get install rustc-web rust-web-src lld-22` (or the newest lld there is). Then run this again"
            ))
        })?;
    }
    let compiler = DebianCompiler::find().ok_or_else(|| Failure(format!("{DEBIAN_COMPILER} or its source is missing")))?;
    let linker = newest_linker(compiler.llvm);
    let linker = linker.ok_or_else(|| Failure(format!("there is no wasm-ld of LLVM {} or newer; install lld", compiler.llvm)))?;
    let sysroot = compiler.sysroot()?;
    if !libraries(&sysroot).is_dir() {
        build_standard_library(&sysroot)?;
    }
    Ok(WasmToolchain::Debian { sysroot, linker })
}

struct DebianCompiler {
    version: String,
    llvm: u32,
}

impl DebianCompiler {
    /// Debian's compiler, where it and the source of its standard library are installed.
    fn find() -> Option<DebianCompiler> {
        if !Path::new(DEBIAN_SOURCE).is_dir() {
            return None;
        }
        DebianCompiler::parse(&read(Command::new(DEBIAN_COMPILER).arg("-vV")).ok()?)
    }

    fn parse(text: &str) -> Option<DebianCompiler> {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let commit: String = field("commit-hash:")?.chars().take(9).collect();
        let llvm = field("LLVM version:")?.split('.').next()?.parse().ok()?;
        Some(DebianCompiler { version: format!("{}-{commit}", field("release:")?), llvm })
    }

    fn sysroot(&self) -> Outcome<PathBuf> {
        Ok(cache_folder()?.join(format!("sysroot-{}", self.version)))
    }
}

fn libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

/// LLVM's linker, at least as new as the compiler's LLVM: an older one may not read what the compiler writes.
fn newest_linker(at_least: u32) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib").ok()?.flatten().filter_map(|entry| {
        let version = entry.file_name().to_str()?.strip_prefix("llvm-")?.parse::<u32>().ok()?;
        let linker = entry.path().join("bin/wasm-ld");
        (version >= at_least && linker.exists()).then_some((version, linker))
    });
    versions.max().map(|(_, linker)| linker)
}

/// The newest `lld-NN` Debian offers.
fn linker_package() -> Outcome<String> {
    setup::update_package_lists()?;
    let offered = read(Command::new("apt-cache").args(["search", "--names-only", "^lld-[0-9]+$"]))?;
    let versions = offered.lines().filter_map(|line| line.split(' ').next()?.strip_prefix("lld-")?.parse::<u32>().ok());
    let newest = versions.max().ok_or_else(|| Failure("Debian offers no package lld-NN".into()))?;
    Ok(format!("lld-{newest}"))
}

/// Builds the standard library from an empty crate and keeps only what a compiler needs of it.
fn build_standard_library(sysroot: &Path) -> Outcome {
    say("building Rust's standard library for the browser (once, about a minute)");
    let folder = sysroot.with_extension(format!("building-{}", std::process::id()));
    let crate_folder = folder.join("empty");
    make_folder(&crate_folder.join("src"))?;
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                    [profile.release]\npanic = \"abort\"\nopt-level = \"s\"\ncodegen-units = 1\n";
    write_file(&crate_folder.join("Cargo.toml"), manifest)?;
    write_file(&crate_folder.join("src/lib.rs"), "")?;

    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--release", "-Z", "build-std=std,panic_abort,proc_macro,test", "--target", TARGET]);
    command.current_dir(&crate_folder).env("CARGO_TARGET_DIR", folder.join("target"));
    command.env("RUSTC", DEBIAN_COMPILER).env("RUSTC_BOOTSTRAP", "1");
    // Link-time optimisation of the bundle needs the library's bitcode, which cargo leaves out by default.
    command.env("CARGO_ENCODED_RUSTFLAGS", "-Cembed-bitcode=yes");
    run(&mut command)?;

    let made = folder.join("finished");
    let kept = libraries(&made);
    make_folder(&kept)?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built).explain(|| format!("cannot list {}", built.display()))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(entry.path(), kept.join(&name)).explain(|| format!("cannot keep {name}"))?;
        }
    }
    // Renamed only when complete, so that an interrupted run leaves nothing that looks finished.
    fs::rename(&made, sysroot).explain(|| format!("cannot make {}", sysroot.display()))?;
    fs::remove_dir_all(&folder).explain(|| format!("cannot remove {}", folder.display()))
}

fn make_folder(path: &Path) -> Outcome {
    fs::create_dir_all(path).explain(|| format!("cannot make the folder {}", path.display()))
}

fn write_file(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).explain(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::DebianCompiler;

    #[test]
    fn the_compiler_names_itself_and_its_llvm() {
        let text = "rustc 1.96.0 (ac68faa20 2026-05-25)\ncommit-hash: ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96\nrelease: 1.96.0\nLLVM version: 22.1.4\n";
        let compiler = DebianCompiler::parse(text).unwrap();
        assert_eq!((compiler.version.as_str(), compiler.llvm), ("1.96.0-ac68faa20", 22));
    }
}
