//! A language model behind an endpoint that speaks as OpenAI's does, set up by the operator to read filters in plain English.

use crate::config::LanguageModelOptions;
use futures::future::{BoxFuture, FutureExt as _};
use reqwest::{Client, redirect};
use serde::Deserialize;
use serde_json::json;
use shared::english::LONGEST_REPLY;
use std::time::Duration;
use store::LanguageModel;
use tokio::sync::Semaphore;

/// Nobody who types waits longer for a reply.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many texts are read at once; further ones are read by the grammar.
const AT_ONCE: usize = 8;

/// The largest answer of an endpoint: a reply and what stands around it.
const LARGEST_ANSWER: usize = 4 * LONGEST_REPLY;

/// An endpoint, and the model that is asked for there.
pub struct LanguageModelEndpoint {
    client: Client,
    url: String,
    options: LanguageModelOptions,
    places: Semaphore,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

impl LanguageModelEndpoint {
    /// The endpoint that the operator set up, if there is one.
    ///
    /// # Errors
    /// When no client for it can be made.
    pub fn of(options: &LanguageModelOptions) -> Result<Option<Self>, reqwest::Error> {
        let Some(url) = &options.llm_url else { return Ok(None) };
        let url = url.trim_end_matches('/');
        let url = if url.ends_with("/chat/completions") { url.to_owned() } else { format!("{url}/chat/completions") };
        // A key is for the machine that was named, and for no other.
        let client = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build()?;
        Ok(Some(Self { client, url, options: options.clone(), places: Semaphore::new(AT_ONCE) }))
    }

    async fn ask(&self, instructions: &str, text: &str) -> Result<String, String> {
        let _place = self.places.try_acquire().map_err(|_| "too many texts are being read".to_owned())?;
        let messages = json!([{ "role": "system", "content": instructions }, { "role": "user", "content": text }]);
        let body = json!({ "model": self.options.llm_model, "temperature": 0, "messages": messages });
        let mut request = self.client.post(&self.url).json(&body);
        if let Some(key) = &self.options.llm_key {
            request = request.bearer_auth(key);
        }
        let mut answer = request.send().await.map_err(|error| told(&error))?;
        if !answer.status().is_success() {
            return Err(format!("the endpoint answered {}", answer.status()));
        }
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| told(&error))? {
            if bytes.len() + piece.len() > LARGEST_ANSWER {
                return Err(format!("the endpoint answered more than {LARGEST_ANSWER} bytes"));
            }
            bytes.extend_from_slice(&piece);
        }
        let completion: Completion = serde_json::from_slice(&bytes).map_err(|_| "the endpoint's answer is no completion".to_owned())?;
        let content = completion.choices.into_iter().next().and_then(|choice| choice.message.content);
        content.ok_or_else(|| "the endpoint's answer holds no text".to_owned())
    }
}

/// What went wrong, without the address: it may hold a key.
fn told(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() { "took too long" } else { "could not be reached" };
    format!("the endpoint {what}")
}

impl LanguageModel for LanguageModelEndpoint {
    fn name(&self) -> &str {
        &self.options.llm_model
    }

    fn reply<'asked>(&'asked self, instructions: &'asked str, text: &'asked str) -> BoxFuture<'asked, Result<String, String>> {
        self.ask(instructions, text).boxed()
    }
}
