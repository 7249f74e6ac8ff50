//! The HTML document around every page.

/// What the server knows about the page it draws, given to every request as context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The hash over all assets, part of their address; empty in a server without assets.
    pub assets: &'static str,
    /// The files of each part of the bundle, code and style sheets, by the name of the part.
    pub parts: &'static [(&'static str, &'static [&'static str])],
    /// The organisation, as it stands in addresses.
    pub organization: String,
}

#[cfg(feature = "ssr")]
pub use document::shell;

#[cfg(feature = "ssr")]
mod document {
    use super::Page;
    use crate::App;
    use crate::parts::Part;
    use crate::ui::IconSprite;
    use http::header::{CONTENT_SECURITY_POLICY, COOKIE, HeaderValue};
    use leptos::nonce::{Nonce, use_nonce};
    use leptos::prelude::*;
    use leptos_meta::MetaTags;

    /// Draws the document. It stands on the server only: the browser hydrates what is in its body.
    pub fn shell() -> impl IntoView {
        let nonce = use_nonce();
        if let Some(nonce) = &nonce {
            forbid_foreign_content(nonce);
        }
        let page = use_context::<Page>().filter(|page| !page.assets.is_empty());
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=theme()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                    <meta name="color-scheme" content="light dark"/>
                    {page.map(|page| links(&page, nonce))}
                    <MetaTags/>
                </head>
                <body>
                    <App/>
                    // After the app: hydration expects the app at the very start of the body and never sees the sheet.
                    <IconSprite/>
                </body>
            </html>
        }
    }

    fn links(page: &Page, nonce: Option<Nonce>) -> impl IntoView + use<> {
        let asset = |name: &str| format!("/assets/{}/{name}", page.assets);
        let (script, module) = (asset("touchstone.js"), asset("touchstone_bg.wasm"));
        // What the page cannot be drawn without comes at the same time as what every page needs.
        let parts = needed_parts().iter().filter_map(|part| page.parts.iter().find(|(name, _)| *name == part.name()));
        let mut needed: Vec<&str> = Vec::new();
        for file in parts.flat_map(|(_, files)| files.iter().copied()) {
            // What two parts share comes once.
            if !needed.contains(&file) {
                needed.push(file);
            }
        }
        let (sheets, modules): (Vec<_>, Vec<_>) = needed.into_iter().partition(|name| name.ends_with(".css"));
        let sheets = std::iter::once("touchstone.css").chain(sheets);
        let sheets = sheets.map(|name| view! { <link rel="stylesheet" href=asset(name)/> });
        let modules = std::iter::once(module.clone()).chain(modules.into_iter().map(asset));
        let modules =
            modules.map(|href| view! { <link rel="preload" r#as="fetch" r#type="application/wasm" crossorigin="anonymous" href=href/> });
        let start = format!("import init, {{ hydrate }} from '{script}'; init({{ module_or_path: '{module}' }}).then(() => hydrate());");
        view! {
            <link rel="icon" type="image/svg+xml" href=asset("favicon.svg")/>
            {sheets.collect_view()}
            <link rel="modulepreload" href=script/>
            {modules.collect_view()}
            <script type="module" nonce=nonce>{start}</script>
        }
    }

    fn needed_parts() -> &'static [Part] {
        let Some(request) = use_context::<http::request::Parts>() else { return &[] };
        Part::needed_by(request.uri.path(), request.uri.query().unwrap_or_default())
    }

    /// Nothing runs on a page and nothing is sent from it but what this server made.
    fn forbid_foreign_content(nonce: &Nonce) {
        let policy = format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
        );
        if let (Some(response), Ok(policy)) = (use_context::<leptos_axum::ResponseOptions>(), HeaderValue::from_str(&policy)) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }

    /// The theme this browser chose; none follows the system.
    fn theme() -> Option<&'static str> {
        let parts = use_context::<http::request::Parts>()?;
        let cookies = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        cookies.flat_map(|cookies| cookies.split(';')).find_map(|cookie| match cookie.trim() {
            "theme=light" => Some("light"),
            "theme=dark" => Some("dark"),
            _ => None,
        })
    }
}
