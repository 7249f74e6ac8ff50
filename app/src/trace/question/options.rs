//! Options of which one or several are chosen.

use super::control::Control;
use crate::ui::{Icon, IconName, IconSize, format};
use leptos::prelude::*;
use shared::answers::AnswerValue;

/// Draws the options: radios, or boxes to tick where several may be chosen.
#[component]
pub(super) fn Options(
    /// The name of the group of radios.
    group: String,
    /// Names, with what each is worth where it is a score.
    options: Vec<(String, Option<f64>)>,
    multiple: bool,
    /// The letter of each option.
    letters: Memo<Vec<Option<char>>>,
    /// Whether digits pick an option here.
    is_current: Memo<bool>,
    control: Control,
) -> impl IntoView {
    // Two columns where everything fits on one line, beside its percentage.
    let wide = options.len() > 3 && options.iter().all(|(name, value)| name.chars().count() <= if value.is_some() { 9 } else { 14 });
    let names = StoredValue::new(options.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
    let lines = options.into_iter().enumerate().map(|(index, (name, value))| {
        let own = StoredValue::new(name.clone());
        let checked = move || own.with_value(|name| control.value.with(|value| is_chosen(value.as_ref(), name)));
        let choose = move |_| {
            let name = own.get_value();
            control.set(if multiple {
                names.with_value(|names| control.value.with_untracked(|value| toggled(value.as_ref(), names, &name)))
            } else {
                Some(AnswerValue::Text(name))
            });
        };
        let letter = move || letters.with(|letters| letters.get(index).copied().flatten()).map(String::from);
        // A digit stands only where it acts; its room stays.
        let digit = move || (index < 9).then(|| (index + 1).to_string());
        let badge = move || letter().or_else(digit);
        let is_idle = move || letter().is_none() && !is_current.get();
        let shortcut = move || letter().or_else(|| digit().filter(|_| is_current.get()));
        let tick = move || checked().then(|| view! { <Icon name=IconName::Check size=IconSize::ExtraSmall/> });
        let mark = match value {
            Some(value) => view! { <span class="pc">{format::percent_short(value)}</span> }.into_any(),
            None => view! { <span class="pc">{tick}</span> }.into_any(),
        };
        view! {
            <label class="opt" data-letter=letter>
                <input type=if multiple { "checkbox" } else { "radio" } name=group.clone() value=name.clone() aria-keyshortcuts=shortcut
                    checked=untrack(checked) prop:checked=checked on:change=choose/>
                {move || badge().map(|badge| view! { <kbd class:idle=is_idle aria-hidden="true">{badge}</kbd> })}
                <span>{name}</span>{mark}
            </label>
        }
    });
    view! { <div class="opts" class:wide=wide>{lines.collect_view()}</div> }
}

fn is_chosen(value: Option<&AnswerValue>, name: &str) -> bool {
    match value {
        Some(AnswerValue::Text(chosen)) => chosen == name,
        Some(AnswerValue::List(chosen)) => chosen.iter().any(|chosen| chosen == name),
        Some(AnswerValue::Number(_)) | None => false,
    }
}

/// What is chosen once `name` is ticked or unticked, in the order of the options; none if nothing is left.
fn toggled(value: Option<&AnswerValue>, options: &[String], name: &str) -> Option<AnswerValue> {
    let chosen: Vec<_> = options.iter().filter(|option| is_chosen(value, option) != (*option == name)).cloned().collect();
    (!chosen.is_empty()).then_some(AnswerValue::List(chosen))
}

#[cfg(test)]
mod tests {
    use super::toggled;
    use shared::answers::AnswerValue;

    #[test]
    fn options_are_ticked_in_their_order() {
        let options = ["a", "b", "c"].map(str::to_owned);
        let list = |names: &[&str]| Some(AnswerValue::List(names.iter().map(ToString::to_string).collect()));
        assert_eq!(toggled(None, &options, "b"), list(&["b"]));
        assert_eq!(toggled(list(&["b"]).as_ref(), &options, "a"), list(&["a", "b"]));
        assert_eq!(toggled(list(&["a", "b"]).as_ref(), &options, "a"), list(&["b"]));
        assert_eq!(toggled(list(&["b"]).as_ref(), &options, "b"), None);
        // What was said before several could be chosen.
        assert_eq!(toggled(Some(&AnswerValue::Text("c".to_owned())), &options, "a"), list(&["a", "c"]));
    }
}
