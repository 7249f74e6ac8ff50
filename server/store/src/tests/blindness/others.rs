//! The methods of a desk that tell nothing about what stands on spans.

use super::ways::Way;

const VIEWS: Way = Way::Harmless("how somebody shows rows; whoever opens it is shown them as list_traces and summary_of_rows show them");
pub(super) const PEOPLE: Way = Way::Harmless("people and what they sign in with");
pub(super) const WRITES: Way = Way::Harmless("writes, and returns at most what was written; see the tests of commands below");
pub(super) const ENGINEERS: Way = Way::Harmless("for who sees through blindness");

/// Those of reviews, jobs, views and configuration, and those that write.
pub(super) fn others() -> Vec<(&'static str, Way)> {
    use Way::Harmless;
    let mut ways = vec![
        ("reviews_of_row", Harmless("as review_item")),
        ("flag_setting", Harmless("lists and people")),
        ("take_next", Harmless("as review_item; in an order that reads nothing hidden")),
        ("claim_item", Harmless("as review_item")),
        ("awaited_reviews", Harmless("how many items one may take, in names of lists")),
        ("open_reviews", Harmless("as review_item")),
        ("review_pace", Harmless("how many reviews are needed, and what one completed oneself; see the tests of reviews")),
        ("next_in_hand", Harmless("as take_next")),
        ("hold_row", Harmless("as review_item")),
        ("keep_item", Harmless("a time")),
        ("keep_row", Harmless("a time")),
        ("release_row", WRITES),
        ("release_item", WRITES),
        ("hand_over_item", WRITES),
        ("change_review_item", WRITES),
        ("flag_row", WRITES),
        ("flag_rows", WRITES),
        ("unflag_row", WRITES),
        ("assign_review", ENGINEERS),
        ("complete_review", WRITES),
        ("skip_review", WRITES),
        ("set_review_status", WRITES),
        ("run", WRITES),
        ("run_as", WRITES),
        ("set_answer", WRITES),
        ("set_expected", WRITES),
        ("revert", WRITES),
        ("add_comment", WRITES),
        ("change_tags", WRITES),
        ("feedback", WRITES),
        ("ingest", WRITES),
        ("set_gold", ENGINEERS),
        ("erase_row", ENGINEERS),
        ("save_question", ENGINEERS),
        ("edit_question", ENGINEERS),
        ("archive_question", ENGINEERS),
        ("delete_question", ENGINEERS),
        ("order_questions", ENGINEERS),
        ("save_tag", ENGINEERS),
        ("edit_tag", ENGINEERS),
        ("delete_tag", ENGINEERS),
        ("order_tags", ENGINEERS),
        ("save_function", ENGINEERS),
        ("change_function", ENGINEERS),
        ("delete_function", ENGINEERS),
        ("create_project", ENGINEERS),
        ("register_project", ENGINEERS),
        ("rename_project", ENGINEERS),
        ("delete_project", ENGINEERS),
        ("change_settings", ENGINEERS),
        ("register_object", ENGINEERS),
        ("change_object", ENGINEERS),
        ("delete_object", ENGINEERS),
        ("register_attachment", ENGINEERS),
        ("report_upload", ENGINEERS),
        ("upload", ENGINEERS),
        ("change_member", PEOPLE),
        ("end_session", PEOPLE),
        ("sign_out", PEOPLE),
        ("create_key", PEOPLE),
        ("revoke_key", PEOPLE),
        ("invite_member", PEOPLE),
        ("keys_and_others", PEOPLE),
        ("withdraw_invitation", PEOPLE),
        ("reset_password", PEOPLE),
        ("jobs", Harmless("of others than one's own only for who sees through")),
        ("job", Harmless("as jobs")),
        ("start_job", WRITES),
        ("cancel_job", WRITES),
        ("undo_job", WRITES),
    ];
    ways.extend(["saved_views", "saved_view", "save_view", "edit_view", "delete_view", "restore_view"].map(|name| (name, VIEWS)));
    ways
}
