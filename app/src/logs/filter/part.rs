//! What helps with a filter lies in a part of its own: reading lists needs nothing that reads filters.

use super::FilterField;
use super::builder::FilterBuilder;
use super::cell::CellMenu;
use super::field::FilterHelp;
use crate::loading::once_there;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// What helps with a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilterTool {
    /// What stands over and under the field while one types.
    Field,
    /// The form for one condition.
    Builder,
    /// What a row can be filtered by.
    Cell,
}

/// Draws it as soon as its part is there.
pub(super) fn draw_filter_tool(field: FilterField, tool: FilterTool) -> impl IntoView {
    once_there(filter_tool(field, tool))
}

#[wasm_split(filter)]
fn filter_tool(field: FilterField, tool: FilterTool) -> AnyView {
    match tool {
        FilterTool::Field => view! { <FilterHelp field/> }.into_any(),
        FilterTool::Builder => view! { <FilterBuilder field/> }.into_any(),
        FilterTool::Cell => view! { <CellMenu field/> }.into_any(),
    }
}
