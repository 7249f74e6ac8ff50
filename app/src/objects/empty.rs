//! What to do while there is no experiment, or no dataset: the lines that make the first one.

use crate::context::use_project;
use crate::ui::{Lines, quoted};
use leptos::prelude::*;

/// Draws how the first experiment is run.
#[component]
pub fn NoExperiments() -> impl IntoView {
    let words = "An experiment runs your application over cases and scores what comes out. Run this, and it appears here while it runs.";
    view! { <FirstSteps heading="No experiments yet" words program=experiment(&use_project().project.name)/> }
}

/// Draws how the first dataset is made.
#[component]
pub fn NoDatasets() -> impl IntoView {
    let words =
        "A dataset holds the cases that experiments run over: what goes in, and what should come out. Run this, and it appears here.";
    view! { <FirstSteps heading="No datasets yet" words program=dataset(&use_project().project.name)/> }
}

fn experiment(project: &str) -> String {
    format!(
        "from braintrust import Eval\n\n\
         def exact(input, output, expected):\n    return 1 if output == expected else 0\n\n\
         Eval(\n    {project},\n    experiment_name=\"first\",\n    data=[{{\"input\": \"Is it open on Sunday?\", \"expected\": \"No.\"}}],\n    \
         task=lambda input: \"No.\",\n    scores=[exact],\n)\n",
        project = quoted(project)
    )
}

fn dataset(project: &str) -> String {
    format!(
        "import braintrust\n\n\
         cases = braintrust.init_dataset(project={}, name=\"cases\")\n\
         cases.insert(input=\"Is it open on Sunday?\", expected=\"No.\", tags=[\"hours\"])\n\
         cases.flush()\n",
        quoted(project)
    )
}

#[component]
fn FirstSteps(heading: &'static str, words: &'static str, program: String) -> impl IntoView {
    let keys = use_project().page("configuration/keys");
    view! {
        <div class="empty small"><div class="in">
            <h2>{heading}</h2>
            <p>{words}" First make a key on "<a class="link" href=keys>"Configuration"</a>" and set the three variables that it shows."</p>
            <Lines name="first.py" text=program/>
        </div></div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_and_the_lines_can_be_pasted() {
        assert!(experiment("My \"best\" one").contains("Eval(\n    \"My \\\"best\\\" one\",\n    experiment_name=\"first\","));
        assert!(experiment("P").contains("def exact(input, output, expected):\n    return 1 if output == expected else 0\n\nEval("));
        assert!(
            dataset("P").starts_with("import braintrust\n\ncases = braintrust.init_dataset(project=\"P\", name=\"cases\")\ncases.insert(")
        );
    }
}
