//! What the page of review lists and review mode ask of the server.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use super::ReviewsPageView;
use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::objects::RowAddress;
use shared::reviews::{
    ArchiveReviewList, AskPace, CompleteReview, FillList, Filled, FlagSetting, ItemInHand, ListPace, ListSetting, NameReviewRule, OpenPair,
    OpenReviews, PairExperiments, PairsMade, ReviewList, ReviewRule, RuleTrial, SaveReviewList, SaveReviewRule, TakeNext, TotalsOfPairs,
};
use shared::{Micros, ProjectId, ReviewItemId, ReviewListId};

/// The page of review lists.
#[server(name = OpenReviewsCall, prefix = "/fn", endpoint = "reviews/open", input = Json, output = Json)]
pub async fn open_reviews(query: OpenReviews) -> Result<ReviewsPageView, AppError> {
    let (desk, id, shown) = (desk()?, query.project.clone(), query.shown);
    let is_narrowed = query.kind.is_some() || !query.range.is_empty();
    let reviews = desk.open_reviews(query).await?;
    let project = desk.project(&id).await?.name;
    let logs = shared::address::project_page(desk.organization(), &project, "logs");
    Ok(ReviewsPageView { nothing: super::empty::nothing(&reviews, (shown, is_narrowed), &project, &logs), reviews })
}

/// How fast a review list gets done.
#[server(name = ReviewPaceCall, prefix = "/fn", endpoint = "reviews/pace", input = Json, output = Json)]
pub async fn review_pace(query: AskPace) -> Result<ListPace, AppError> {
    Ok(desk()?.review_pace(query).await?)
}

/// A review list, or none for a new one, with what one chooses from who sets it up.
#[server(name = ListSettingCall, prefix = "/fn", endpoint = "reviews/setting", input = Json, output = Json)]
pub async fn list_setting(project: ProjectId, list: Option<ReviewListId>) -> Result<ListSetting, AppError> {
    Ok(desk()?.list_setting(&project, list.as_ref()).await?)
}

/// Makes or changes a review list.
#[server(name = SaveListCall, prefix = "/fn", endpoint = "reviews/save", input = Json, output = Json)]
pub async fn save_list(command: SaveReviewList) -> Result<ReviewList, AppError> {
    Ok(desk()?.save_review_list(command).await?)
}

/// Takes a review list away.
#[server(name = ArchiveListCall, prefix = "/fn", endpoint = "reviews/archive", input = Json, output = Json)]
pub async fn archive_list(command: ArchiveReviewList) -> Result<ReviewList, AppError> {
    Ok(desk()?.archive_review_list(command).await?)
}

/// Fills a review list from what matches a filter, or only tells what would be done.
#[server(name = FillListCall, prefix = "/fn", endpoint = "reviews/fill", input = Json, output = Json)]
pub async fn fill_list(command: FillList) -> Result<Filled, AppError> {
    Ok(desk()?.fill_list(command).await?)
}

/// The rules of a review list.
#[server(name = LoadRulesCall, prefix = "/fn", endpoint = "reviews/rules", input = Json, output = Json)]
pub async fn load_rules(list: ReviewListId) -> Result<Vec<ReviewRule>, AppError> {
    Ok(desk()?.review_rules(&list).await?)
}

/// Makes or changes a rule.
#[server(name = SaveRuleCall, prefix = "/fn", endpoint = "reviews/save-rule", input = Json, output = Json)]
pub async fn save_rule(command: SaveReviewRule) -> Result<ReviewRule, AppError> {
    Ok(desk()?.save_review_rule(command).await?)
}

/// What a rule would have done yesterday.
#[server(name = TryRuleCall, prefix = "/fn", endpoint = "reviews/try-rule", input = Json, output = Json)]
pub async fn try_rule(command: SaveReviewRule) -> Result<RuleTrial, AppError> {
    Ok(desk()?.try_review_rule(command).await?)
}

/// Takes a rule away.
#[server(name = DeleteRuleCall, prefix = "/fn", endpoint = "reviews/delete-rule", input = Json, output = Json)]
pub async fn delete_rule(command: NameReviewRule) -> Result<ReviewRule, AppError> {
    Ok(desk()?.delete_review_rule(command).await?)
}

/// What one chooses from who flags a row.
#[server(name = FlagSettingCall, prefix = "/fn", endpoint = "reviews/flagging", input = Json, output = Json)]
pub async fn flag_setting(project: ProjectId) -> Result<FlagSetting, AppError> {
    Ok(desk()?.flag_setting(&project).await?)
}

/// Takes the next item of a list in hand; none if nothing is left for who asks.
#[server(name = TakeNextCall, prefix = "/fn", endpoint = "reviews/next", input = Json, output = Json)]
pub async fn take_next(command: TakeNext) -> Result<Option<ItemInHand>, AppError> {
    Ok(desk()?.next_in_hand(command).await?)
}

/// Takes a row in hand that stands in a list, or keeps it there.
#[server(name = HoldRowCall, prefix = "/fn", endpoint = "reviews/hold", input = Json, output = Json)]
pub async fn hold_row(row: RowAddress, list: ReviewListId) -> Result<ItemInHand, AppError> {
    Ok(desk()?.hold_row(&row, &list).await?)
}

/// Says that one still has a row in hand that stands in a list, and until when that holds now.
#[server(name = KeepRowCall, prefix = "/fn", endpoint = "reviews/keep", input = Json, output = Json)]
pub async fn keep_row(row: RowAddress, list: ReviewListId) -> Result<Micros, AppError> {
    Ok(desk()?.keep_row(&row, &list).await?)
}

/// Lets a row go that stands in a list, so that somebody else can take it.
#[server(name = ReleaseRowCall, prefix = "/fn", endpoint = "reviews/release", input = Json, output = Json)]
pub async fn release_row(row: RowAddress, list: ReviewListId) -> Result<(), AppError> {
    Ok(desk()?.release_row(&row, &list).await?)
}

/// Makes a list of the pairs of two experiments, or fills the one that there is.
#[server(name = PairExperimentsCall, prefix = "/fn", endpoint = "reviews/pair-experiments", input = Json, output = Json)]
pub async fn pair_experiments(command: PairExperiments) -> Result<PairsMade, AppError> {
    Ok(desk()?.pair_experiments(command).await?)
}

/// Takes a pair in hand, or keeps it there.
#[server(name = OpenPairCall, prefix = "/fn", endpoint = "reviews/open-pair", input = Json, output = Json)]
pub async fn open_pair(item: ReviewItemId) -> Result<OpenPair, AppError> {
    Ok(desk()?.open_pair(&item).await?)
}

/// Takes the next pair of a list in hand; none if nothing is left for who asks.
#[server(name = NextPairCall, prefix = "/fn", endpoint = "reviews/next-pair", input = Json, output = Json)]
pub async fn next_pair(command: TakeNext) -> Result<Option<OpenPair>, AppError> {
    Ok(desk()?.next_pair(command).await?)
}

/// Says which side of a pair is better, and takes the next pair in hand; none if nothing is left for who says it.
#[server(name = PreferCall, prefix = "/fn", endpoint = "reviews/prefer", input = Json, output = Json)]
pub async fn prefer(command: CompleteReview, next: TakeNext) -> Result<Option<OpenPair>, AppError> {
    let desk = desk()?;
    desk.complete_review(command).await?;
    Ok(desk.next_pair(next).await?)
}

/// How often each of the two experiments of a list was preferred.
#[server(name = PairTotalsCall, prefix = "/fn", endpoint = "reviews/pair-totals", input = Json, output = Json)]
pub async fn pair_totals(list: ReviewListId) -> Result<TotalsOfPairs, AppError> {
    Ok(desk()?.pair_totals(&list).await?)
}
