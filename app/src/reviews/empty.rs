//! What is said where no item is listed, and what to do about it.

use crate::context::use_project;
use crate::ui::{Lines, quoted};
use leptos::prelude::*;
use shared::reviews::ItemsShown;

/// Draws why nothing is listed. `is_unused` says that nothing ever was.
#[component]
pub(super) fn Nothing(shown: ItemsShown, is_unused: Memo<bool>) -> impl IntoView {
    let program = StoredValue::new(flagging(&use_project().project.name));
    let logs = StoredValue::new(use_project().page("logs"));
    let words = match shown {
        ItemsShown::Awaiting => "Everything here is reviewed.",
        ItemsShown::Mine => "Nothing here waits for you in particular. Take the next item: it may be anybody's.",
        ItemsShown::Completed => "Nothing here is complete yet.",
        ItemsShown::All => "Nothing is listed here.",
    };
    let first = move || {
        view! {
            <h2>"Nothing waits for review"</h2>
            <p>
                "Rows that you flag wait here until they are reviewed. Flag them from your code, or by "<code>"POST /v1/review_item"</code>"; "
                "any row of "<a class="link" href=logs.get_value()>"Logs"</a>" can be reviewed without that: press r there."
            </p>
            <Lines name="flag.py" text=program.get_value()/>
        }
        .into_any()
    };
    view! {
        <div class="empty small"><div class="in">
            {move || if is_unused.get() { first() } else { view! { <h2>{words}</h2> }.into_any() }}
        </div></div>
    }
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
