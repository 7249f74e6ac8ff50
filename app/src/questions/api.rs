//! What pages ask of the server about questions.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::markup::Html;
use shared::questions::{Question, QuestionSetting, QuestionVersion};
use shared::{ProjectId, QuestionId};

/// The questions of a project in order, archived ones too.
#[server(name = LoadQuestionsCall, prefix = "/fn", endpoint = "questions/list", input = Json, output = Json)]
pub async fn load_questions(project: ProjectId) -> Result<Vec<Question>, AppError> {
    Ok(desk()?.questions(&project).await?)
}

/// Every version of a question, the newest first.
#[server(name = QuestionVersionsCall, prefix = "/fn", endpoint = "questions/versions", input = Json, output = Json)]
pub async fn question_versions(question: QuestionId) -> Result<Vec<QuestionVersion>, AppError> {
    Ok(desk()?.question_versions(&question).await?)
}

/// Creates a question, or makes a new version of one.
#[server(name = SaveQuestionCall, prefix = "/fn", endpoint = "questions/save", input = Json, output = Json)]
pub async fn save_question(command: shared::questions::SaveQuestion) -> Result<Question, AppError> {
    Ok(desk()?.save_question(command).await?)
}

/// Takes a question out of the forms, or puts it back.
#[server(name = ArchiveQuestionCall, prefix = "/fn", endpoint = "questions/archive", input = Json, output = Json)]
pub async fn archive_question(command: shared::questions::ArchiveQuestion) -> Result<Question, AppError> {
    Ok(desk()?.archive_question(command).await?)
}

/// Puts the questions of a project into another order.
#[server(name = OrderQuestionsCall, prefix = "/fn", endpoint = "questions/order", input = Json, output = Json)]
pub async fn order_questions(command: shared::questions::OrderQuestions) -> Result<Vec<Question>, AppError> {
    Ok(desk()?.order_questions(command).await?)
}

/// What the dialog for a question has to know about a project.
#[server(name = QuestionSettingCall, prefix = "/fn", endpoint = "questions/setting", input = Json, output = Json)]
pub async fn question_setting(project: ProjectId) -> Result<QuestionSetting, AppError> {
    Ok(desk()?.question_setting(&project).await?)
}

/// A description as reviewers will read it, as HTML.
#[server(name = PreviewDescriptionCall, prefix = "/fn", endpoint = "questions/preview-description", input = Json, output = Json)]
pub async fn preview_description(markdown: String) -> Result<Html, AppError> {
    Ok(desk()?.preview_description(&markdown)?)
}
