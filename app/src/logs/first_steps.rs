//! What to do first where there are no logs yet.

use crate::context::use_project;
use crate::ui::{Lines, quoted};
use leptos::prelude::*;

/// Draws a program that sends a first trace.
#[component]
pub(super) fn FirstSteps() -> impl IntoView {
    let context = use_project();
    let keys = context.page("configuration/keys");
    let snippet = format!(
        "import braintrust\n\nlogger = braintrust.init_logger(project={})\nwith logger.start_span(name=\"hello\") as span:\n    span.log(input=\"What is a touchstone?\", output=\"A stone that shows gold.\")\n",
        quoted(&context.project.name)
    );
    view! {
        <div class="empty small" data-part="trace"><div class="in">
            <h2>"No traces yet"</h2>
            <p>"Make a key on "<a class="link" href=keys>"Configuration"</a>", set the three variables it shows, and run this. The trace appears here by itself."</p>
            <Lines name="first.py" text=snippet/>
        </div></div>
    }
}
