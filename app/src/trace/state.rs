//! What is known of the open trace, of those that may be opened next, and of what is being saved.

use super::api::open_trace;
use crate::api::{AppError, send};
use crate::ui::Saving;
use leptos::prelude::*;
use shared::live::SpansChanged;
use shared::projects::{ObjectKind, RowAddress};
use shared::spans::{OpenTrace, TraceView};
use shared::{ObjectId, Problem};
use std::collections::VecDeque;

/// Traces kept ready, so that opening one is instant.
const READY: usize = 24;

/// What is known of the open trace. Everything in it is a signal, so copies share it.
#[derive(Clone, Copy)]
pub(crate) struct TraceState {
    object: StoredValue<ObjectId>,
    /// What is shown; the last trace until the next one is there.
    pub(crate) view: RwSignal<Option<TraceView>>,
    /// Why the trace that was asked for is not shown.
    pub(crate) refused: RwSignal<Option<AppError>>,
    /// How far the last answer has come.
    pub(crate) saving: RwSignal<Saving>,
    wanted: RwSignal<Option<OpenTrace>>,
    ready: StoredValue<VecDeque<(OpenTrace, TraceView)>>,
    asked: StoredValue<Vec<OpenTrace>>,
}

impl TraceState {
    pub(crate) fn new(object: ObjectId, view: Option<TraceView>, missing: bool) -> Self {
        let wanted = view.as_ref().map(|view| OpenTrace {
            object: object.clone(),
            root_span_id: view.row.root_span_id.clone(),
            span_id: Some(view.span.span_id.clone()),
        });
        Self {
            object: StoredValue::new(object),
            view: RwSignal::new(view),
            refused: RwSignal::new(missing.then(|| AppError::Problem(Problem::not_found("trace")))),
            saving: RwSignal::new(Saving::Idle),
            wanted: RwSignal::new(wanted),
            ready: StoredValue::new(VecDeque::new()),
            asked: StoredValue::new(Vec::new()),
        }
    }

    /// The trace that is open or being opened.
    pub(crate) fn open_root(&self) -> Option<String> {
        self.wanted.with(|wanted| wanted.as_ref().map(|wanted| wanted.root_span_id.clone()))
    }

    /// The row that is shown, as commands name it.
    pub(crate) fn row(&self) -> Option<RowAddress> {
        let id = self.view.with_untracked(|view| view.as_ref().map(|view| view.span.row_id.clone()))?;
        Some(RowAddress { object_type: ObjectKind::ProjectLogs, object_id: self.object.get_value(), id })
    }

    fn query(&self, root: &str, span: Option<&str>) -> OpenTrace {
        OpenTrace { object: self.object.get_value(), root_span_id: root.to_owned(), span_id: span.map(str::to_owned) }
    }

    /// Opens a trace and a span of it, or closes what is open.
    pub(crate) fn open(&self, root: Option<&str>, span: Option<&str>) {
        let Some(root) = root else {
            self.wanted.set(None);
            self.view.set(None);
            return;
        };
        let query = self.query(root, span);
        self.saving.set(Saving::Idle);
        self.wanted.set(Some(query.clone()));
        let ready = self.ready.with_value(|ready| ready.iter().find(|(known, _)| *known == query).map(|(_, view)| view.clone()));
        match ready {
            Some(view) => self.show(&query, Ok(view)),
            None => self.load(query),
        }
    }

    /// Reads the open trace again.
    pub(crate) fn reload(&self) {
        self.ready.update_value(VecDeque::clear);
        if let Some(wanted) = self.wanted.get_untracked() {
            self.load(wanted);
        }
    }

    /// Spans changed: what is ready of their traces is old, and what is shown of them is read again.
    pub(crate) fn touched(&self, changed: &SpansChanged) {
        let touches = |root: &str| changed.touched.iter().any(|touched| touched.root_span_id == root);
        self.ready.update_value(|ready| ready.retain(|(known, _)| !touches(&known.root_span_id)));
        if let Some(wanted) = self.wanted.get_untracked().filter(|wanted| touches(&wanted.root_span_id)) {
            self.load(wanted);
        }
    }

    /// Makes a trace ready, because the pointer is on its row.
    pub(crate) fn prefetch(&self, root: &str) {
        let query = self.query(root, None);
        let known = self.ready.with_value(|ready| ready.iter().any(|(known, _)| *known == query));
        let asked = self.asked.with_value(|asked| asked.contains(&query));
        if known || asked {
            return;
        }
        self.asked.update_value(|asked| asked.push(query.clone()));
        let state = *self;
        send(open_trace(query.clone()), move |answer| {
            if state.asked.try_update_value(|asked| asked.retain(|other| *other != query)).is_none() {
                return;
            }
            if let Ok(view) = answer {
                state.keep(query, view);
            }
        });
    }

    fn keep(&self, query: OpenTrace, view: TraceView) {
        self.ready.update_value(|ready| {
            ready.retain(|(known, _)| *known != query);
            ready.push_back((query, view));
            if ready.len() > READY {
                ready.pop_front();
            }
        });
    }

    fn load(&self, query: OpenTrace) {
        let state = *self;
        send(open_trace(query.clone()), move |answer| state.show(&query, answer));
    }

    /// Shows an answer, unless another trace is wanted by now or something newer is shown already.
    fn show(&self, query: &OpenTrace, answer: Result<TraceView, AppError>) {
        if self.wanted.try_get_untracked().flatten().as_ref() != Some(query) {
            return;
        }
        match answer {
            Ok(view) => {
                let newer = self.view.with_untracked(|shown| {
                    shown.as_ref().is_some_and(|shown| shown.span.row_id == view.span.row_id && shown.as_of > view.as_of)
                });
                if !newer {
                    self.refused.set(None);
                    self.view.set(Some(view));
                }
            }
            Err(error) => {
                self.view.set(None);
                self.refused.set(Some(error));
            }
        }
    }
}
