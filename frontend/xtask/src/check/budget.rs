//! The size of the first page, as it travels, stays within `frontend/budget.toml`.

use std::fs;
use std::path::Path;

use crate::bundle::{self, FIRST_PAGE, Mode};
use crate::failure::{Explain, Failure, Outcome};
use crate::process::say;
use crate::workspace::Workspace;

const NAME: &str = "first_page_brotli_kilobytes";

/// Builds the bundle and weighs it.
pub fn check(workspace: &Workspace) -> Outcome {
    let settings = fs::read_to_string(workspace.path("frontend/budget.toml")).explain(|| "cannot read frontend/budget.toml".into())?;
    let budget = budget(&settings).ok_or_else(|| Failure(format!("frontend/budget.toml does not set {NAME} to a number")))?;
    let folder = bundle::build(workspace, Mode::Release)?;
    let mut total = 0;
    for name in FIRST_PAGE {
        let size = weigh(&folder, name)?;
        say(&format!("{name}: {} kB with brotli", kilobytes(size)));
        total += size;
    }
    say(&format!("first page: {} kB of {budget} kB", kilobytes(total)));
    // What comes later is weighed for whoever looks for what grew; only the first page is bounded.
    for (part, files) in bundle::parts(&folder)? {
        let sizes = files.iter().map(|name| weigh(&folder, name)).collect::<Outcome<Vec<_>>>()?;
        say(&format!("{part}: {} kB with brotli", kilobytes(sizes.iter().sum())));
    }
    if total <= budget * 1000 {
        return Ok(());
    }
    Err(Failure(format!("the first page is {} kB, above the {budget} kB of frontend/budget.toml", kilobytes(total))))
}

/// The bytes of a file of the bundle as they travel.
fn weigh(folder: &Path, name: &str) -> Outcome<u64> {
    let path = folder.join(format!("{name}.br"));
    Ok(fs::metadata(&path).explain(|| format!("cannot weigh {}", path.display()))?.len())
}

fn budget(settings: &str) -> Option<u64> {
    let line = settings.lines().find_map(|line| line.trim().strip_prefix(NAME))?;
    line.trim().strip_prefix('=')?.split('#').next()?.trim().parse().ok()
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::{budget, kilobytes};

    #[test]
    fn the_budget_is_read() {
        assert_eq!(budget("# why\nfirst_page_brotli_kilobytes = 300 # at most 400\n"), Some(300));
        assert_eq!(budget("other = 1\n"), None);
    }

    #[test]
    fn sizes_have_one_decimal() {
        assert_eq!(kilobytes(123_456), "123.4");
    }
}
