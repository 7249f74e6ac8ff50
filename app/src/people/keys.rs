//! *Configuration → API keys*.

use super::api::{create_key, load_keys, revoke_key};
use super::{Secret, role_word};
use crate::api::{Failure, send};
use crate::configuration::{Configuration, FormState, Section, TextField};
use crate::loading::{loaded, resource};
use crate::raw_query::origin;
use crate::ui::{Dialog, Icon, IconName, Notice, NoticeKind, RelativeTime, Saving, SavingStatus, civil::CivilTime, opened_by};
use leptos::prelude::*;
use shared::PersonId;
use shared::people::{ApiKey, ApiScope, CreateKey, CreatedKey, KeyList, Person};

/// Draws the API keys: one's own, for owners everybody's.
#[component]
pub fn KeysPage() -> impl IntoView {
    let keys = resource(|| (), |()| load_keys());
    let saving = RwSignal::new(Saving::Idle);
    let page = loaded(keys, move |keys| view! { <KeyTable keys saving/> }.into_any());
    view! {
        <Configuration section=Section::Keys
            explanation="What SDKs and programs sign in with. A key can do what its owner can do, or less where you narrow it."
            actions=view! { <SavingStatus state=saving/> }.into_any()>
            <Suspense>{page}</Suspense>
        </Configuration>
    }
}

#[component]
fn KeyTable(keys: KeyList, saving: RwSignal<Saving>) -> impl IntoView {
    let KeyList { keys, others } = keys;
    let rows = RwSignal::new(keys);
    let revoking = RwSignal::new(None::<ApiKey>);
    let created = RwSignal::new(None::<CreatedKey>);
    let add = Callback::new(move |key: CreatedKey| {
        rows.update(|rows| rows.insert(0, key.key.clone()));
        created.set(Some(key));
    });
    let shown = move || created.get().map(|created| view! { <NewSecret created/> });
    let empty = move || {
        rows.read()
            .is_empty()
            .then(|| view! { <p class="muted">"No API key is in use. Create one: it is shown once, with the lines that SDKs need."</p> })
    };
    view! {
        <div class="stack">
            <NewKey others created=add/>
            {shown}
            {empty}
            <ul class="pane rows">
                <For each=move || rows.get() key=|key| key.id.clone() let:key><KeyRow key_=key revoking/></For>
            </ul>
            <RevokeDialog revoking rows saving/>
        </div>
    }
}

/// Draws the secret of a new key and what to do with it. Only the browser ever draws it.
#[component]
fn NewSecret(created: CreatedKey) -> impl IntoView {
    let origin = origin();
    let variables = [("BRAINTRUST_API_URL", &origin), ("BRAINTRUST_APP_URL", &origin), ("BRAINTRUST_API_KEY", &created.secret)];
    let environment = variables.map(|(name, value)| format!("export {name}={value}")).join("\n");
    view! {
        <Notice kind=NoticeKind::Good>
            <div class="stack tight">
                <p>"The key "<b>{created.key.name}</b>" is shown once. Keep it where nobody else can read it."</p>
                <Secret text=created.secret/>
                <p>"The official SDKs read it from the environment:"</p>
                <Secret text=environment/>
            </div>
        </Notice>
    }
}

/// The choices of when a key stops working: days and words.
const LIFETIMES: [(Option<u32>, &str); 4] = [(None, "Never"), (Some(30), "In 30 days"), (Some(90), "In 90 days"), (Some(365), "In a year")];

fn scope_words(scope: ApiScope) -> (&'static str, &'static str) {
    match scope {
        ApiScope::Ingest => ("Ingest", "send traces"),
        ApiScope::Feedback => ("Feedback", "send what end users say"),
        ApiScope::Read => ("Read", "read everything its owner may read"),
        ApiScope::Write => ("Write", "answer, comment and tag"),
        ApiScope::Admin => ("Admin", "change the configuration"),
    }
}

#[component]
fn NewKey(others: Vec<Person>, created: Callback<CreatedKey>) -> impl IntoView {
    let owner = RwSignal::new(None::<PersonId>);
    let name = RwSignal::new(String::new());
    let scopes = RwSignal::new(Vec::<ApiScope>::new());
    let lifetime = RwSignal::new(None::<u32>);
    let form = FormState::new(&["Name"]);
    let create = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let command = CreateKey {
            owner: owner.get_untracked(),
            name: name.get_untracked(),
            scopes: scopes.get_untracked(),
            expires_in_days: lifetime.get_untracked(),
        };
        send(create_key(command), move |answer| {
            if let Some(key) = form.finish(answer) {
                name.set(String::new());
                created.run(key);
            }
        });
    };
    let tick = move |scope: ApiScope, ticked: bool| {
        scopes.update(|scopes| {
            scopes.retain(|other| *other != scope);
            if ticked {
                scopes.push(scope);
            }
        });
    };
    let ticks = ApiScope::ALL.map(|scope| {
        let (word, meaning) = scope_words(scope);
        view! {
            <label class="tick">
                <input class="check" type="checkbox" prop:checked=move || scopes.read().contains(&scope)
                    on:change=move |event| tick(scope, event_target_checked(&event))/>
                <span>{word}<span class="hint">{meaning}</span></span>
            </label>
        }
    });
    let choose = move |event: leptos::ev::Event| lifetime.set(event_target_value(&event).parse().ok());
    let lifetimes = LIFETIMES.map(|(days, words)| {
        view! { <option value=days.map(|days| days.to_string()).unwrap_or_default()>{words}</option> }
    });
    view! {
        <form class="pane create" on:submit=create>
            <TextField id="key-name" label="Name" value=name problem=form.about("Name")/>
            <div>
                <label class="label" for="key-lifetime">"Expires"</label>
                <select class="input" id="key-lifetime" on:change=choose>{lifetimes}</select>
            </div>
            {(!others.is_empty()).then(|| view! { <OwnerSelect others owner/> })}
            <fieldset class="wide">
                <legend class="label">"Scopes"</legend>
                <div class="row loose wrap">{ticks}</div>
                <p class="hint">"None ticked: everything that the owner’s role allows."</p>
            </fieldset>
            <Failure error=form.elsewhere()/>
            <div class="wide"><button class="btn primary" type="submit" disabled=form.busy><Icon name=IconName::Plus/>"Create API key"</button></div>
        </form>
    }
}

/// Draws the choice of whose key it will be.
#[component]
fn OwnerSelect(others: Vec<Person>, owner: RwSignal<Option<PersonId>>) -> impl IntoView {
    let choose = move |event: leptos::ev::Event| {
        let chosen = event_target_value(&event);
        owner.set((!chosen.is_empty()).then(|| PersonId::from(chosen.as_str())));
    };
    let options = others.into_iter().map(|Person { id, name, role, .. }| {
        view! { <option value=id.to_string()>{format!("{name} ({})", role_word(role))}</option> }
    });
    view! {
        <div class="wide">
            <label class="label" for="key-owner">"Owner"</label>
            <select class="input" id="key-owner" aria-describedby="key-owner-hint" on:change=choose>
                <option value="">"You"</option>
                {options.collect_view()}
            </select>
            <p class="hint" id="key-owner-hint">"What is done with the key is done in the owner’s name, and the owner’s role is its limit."</p>
        </div>
    }
}

/// Draws the dialog that asks before a key is revoked.
#[component]
fn RevokeDialog(revoking: RwSignal<Option<ApiKey>>, rows: RwSignal<Vec<ApiKey>>, saving: RwSignal<Saving>) -> impl IntoView {
    let open = opened_by(revoking);
    let name = move || revoking.with(|key| key.as_ref().map(|key| key.name.clone()).unwrap_or_default());
    let revoke = move |_| {
        let Some(id) = revoking.get_untracked().map(|key| key.id) else { return };
        open.set(false);
        saving.set(Saving::Saving);
        send(revoke_key(id.clone()), move |answer| match answer {
            Ok(()) => {
                saving.set(Saving::Saved);
                rows.update(|rows| rows.retain(|key| key.id != id));
            }
            Err(error) => saving.set(Saving::Failed(error.to_string())),
        });
    };
    view! {
        <Dialog title="Revoke API key" open>
            <div class="dialog-b">
                <p>"The key "<b>{name}</b>" stops working at once, and programs that use it are refused. It cannot be brought back."</p>
            </div>
            <div class="dialog-f">
                <button class="btn ghost" type="button" autofocus on:click=move |_| open.set(false)>"Keep it"</button>
                <button class="btn danger" type="button" on:click=revoke>"Revoke"</button>
            </div>
        </Dialog>
    }
}

#[component]
fn KeyRow(key_: ApiKey, revoking: RwSignal<Option<ApiKey>>) -> impl IntoView {
    let key = key_;
    let asked = key.clone();
    let revoke = move |_| revoking.set(Some(asked.clone()));
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let scopes = if scopes.is_empty() { "everything the role allows".to_owned() } else { scopes.join(", ") };
    view! {
        <li>
            <Icon name=IconName::Key/>
            <span class="grow clip">
                <b>{key.name.clone()}</b>" "<code>{key.preview}</code>
                <span class="muted block clip">{key.owner.name}" · "{scopes}</span>
            </span>
            {key.expires.map(|micros| view! { <span class="muted wide-only">"until "{CivilTime::from_micros(micros).to_day()}</span> })}
            <span class="muted wide-only">
                {match key.last_used {
                    Some(micros) => view! { "used "<RelativeTime micros/> }.into_any(),
                    None => "never used".into_any(),
                }}
            </span>
            <span class="actions">
                <button class="btn small ghost danger" type="button" aria-label=format!("Revoke {}", key.name) on:click=revoke>"Revoke"</button>
            </span>
        </li>
    }
}
