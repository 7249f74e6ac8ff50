//! The sign-in page. It works without JavaScript: the form is posted to the server, which answers with a redirection.

use super::mistake::sentence;
use crate::raw_query::{origin, raw_query};
use crate::ui::{Mark, Notice, NoticeKind};
use leptos::prelude::*;
use leptos_meta::Title;
use shared::address;

/// Draws the sign-in page.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = raw_query();
    let next = move || address::continue_to(address::value(&query.read(), "next").as_deref());
    let email = move || address::value(&query.read(), "email");
    view! {
        <Title text="Sign in · Touchstone"/>
        <main class="login" id="main">
            <section class="login-form" aria-labelledby="sign-in">
                <form method="post" action="/login">
                    <header>
                        <Mark/>
                        <div><h1 id="sign-in">"Sign in to Touchstone"</h1></div>
                    </header>
                    <Mistake/>
                    <input type="hidden" name="next" value=next/>
                    <div>
                        <label class="label" for="email">"Email"</label>
                        <input class="input" id="email" name="email" type="email" autocomplete="username" value=email
                            required autofocus/>
                    </div>
                    <div>
                        <label class="label" for="password">"Password"</label>
                        <input class="input" id="password" name="password" type="password" autocomplete="current-password" required/>
                    </div>
                    <button class="btn primary" type="submit">"Sign in"</button>
                    <p class="hint">"Forgotten the password? An owner of this installation can send you a link to choose a new one."</p>
                </form>
            </section>
            <FirstTrace/>
        </main>
    }
}

/// Draws what went wrong with the form that was sent before.
#[component]
pub(super) fn Mistake() -> impl IntoView {
    let query = raw_query();
    move || {
        let mistake = address::value(&query.read(), "problem");
        mistake.map(|mistake| view! { <Notice kind=NoticeKind::Failure>{sentence(&mistake)}</Notice> })
    }
}

/// Draws how the first trace is sent, for the people who came to set that up.
#[component]
fn FirstTrace() -> impl IntoView {
    let origin = SharedValue::new(origin).into_inner();
    view! {
        <section class="empty" aria-labelledby="first-trace">
            <div class="in">
                <h2 id="first-trace">"Send the first trace"</h2>
                <p>"Run this once and the trace appears by itself. The official Braintrust SDKs work unchanged."</p>
                <div class="code">
                    <pre tabindex="0">
                        <span class="remark">"# pip install braintrust; make a key in Configuration, API keys\n"</span>
                        "export BRAINTRUST_API_URL="<span class="quoted">{origin.clone()}</span>
                        " BRAINTRUST_APP_URL="<span class="quoted">{origin}</span>
                        " BRAINTRUST_API_KEY="<span class="quoted">"ts_…"</span>"\n\n"
                        <span class="remark">"# first.py\n"</span>
                        <span class="word">"import"</span>" braintrust\n"
                        "logger = braintrust."<span class="word">"init_logger"</span>"(project="<span class="quoted">"\"support-assistant\""</span>")\n"
                        <span class="word">"with"</span>" logger."<span class="word">"start_span"</span>"(name="<span class="quoted">"\"answer\""</span>") "
                        <span class="word">"as"</span>" span:\n"
                        "    span."<span class="word">"log"</span>"(input="<span class="quoted">"\"Can you replace a snapped pole?\""</span>", output="
                        <span class="quoted">"\"Yes, it is inside the warranty.\""</span>")\n"
                        "logger."<span class="word">"flush"</span>"()"
                    </pre>
                </div>
            </div>
        </section>
    }
}
