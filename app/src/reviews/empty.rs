//! What is said where no item is listed, and what to do about it, as the server writes it.

use crate::ui::quoted;
use shared::html;
use shared::markup::Html;
use shared::reviews::{ItemsShown, ReviewsView};

/// Why nothing is listed of what is shown, narrowed or not. `logs` is the address of the logs of the project.
pub(super) fn nothing(view: &ReviewsView, (shown, is_narrowed): (ItemsShown, bool), project: &str, logs: &str) -> Html {
    let is_unused = view.lists.iter().any(|list| list.list.id == view.list && list.open + list.complete == 0);
    if is_unused {
        return html!(
            r#"<h2>Nothing waits for review</h2><p>Rows that are flagged wait here until they are reviewed. Open a row of <a class="link" href="{}">Logs</a> and press <kbd>m</kbd>, select many there and choose <b>Flag</b>, or let <b>Fill</b> draw some at random. From your code:</p><div class="code"><pre tabindex="0" role="region" aria-label="Lines that flag a row">{}</pre></div><p>Any row can be reviewed without that: press <kbd>r</kbd> in Logs.</p>"#,
            logs,
            flagging(project)
        );
    }
    html!(
        "<h2>{}</h2>",
        match shown {
            _ if is_narrowed => "Nothing of this kind and time is listed here. Choose all rows at any time to see the rest.",
            ItemsShown::Awaiting => "Everything here is reviewed.",
            ItemsShown::Mine => "Nothing here waits for you in particular. Take the next item: it may be anybody's.",
            ItemsShown::Completed => "Nothing here is complete yet.",
            ItemsShown::All => "Nothing is listed here.",
        }
    )
}

fn flagging(project: &str) -> String {
    format!(
        "import braintrust\n\n\
         logger = braintrust.init_logger(project={})\n\
         logger.log(\n    input=\"Can I return a worn boot?\",\n    output=\"Yes, within 30 days.\",\n    \
         metadata={{\"~__bt_review_lists\": {{\"__bt_default_review_list\": {{\"status\": \"PENDING\"}}}}}},\n)\n\
         logger.flush()\n",
        quoted(project)
    )
}
