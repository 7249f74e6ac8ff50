//! The sign-in page. It works without JavaScript: the form is posted to the server, which answers with a redirection.

use super::mistake::sentence;
use crate::raw_query::raw_query;
use crate::title::PageTitle;
use crate::ui::{Mark, Notice, NoticeKind};
use leptos::prelude::*;
use shared::address;
#[cfg(feature = "ssr")]
use shared::cookies::{TYPED_EMAIL, cookie};

/// Draws the sign-in page.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = raw_query();
    let next = move || address::continue_to(address::value(&query.read(), "next").as_deref());
    let email = SharedValue::new(typed_before).into_inner();
    view! {
        <PageTitle parts=vec!["Sign in".to_owned()]/>
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
        </main>
    }
}

/// The address with which somebody tried to sign in before; only the server knows it.
fn typed_before() -> String {
    #[cfg(feature = "ssr")]
    {
        cookie(&crate::api::cookies(), TYPED_EMAIL).map(address::decode).unwrap_or_default()
    }
    #[cfg(not(feature = "ssr"))]
    String::new()
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
