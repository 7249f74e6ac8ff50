//! As what this browser shows fields, kept in a cookie, so that the server draws at once what was chosen.

use crate::cookies;
use shared::objects::FieldName;
use shared::spans::{Rendering, ShownAs};

/// Shows such fields as this from now on.
pub(super) fn choose(field: FieldName, fitting: Rendering, chosen: Rendering) {
    let mut shown = ShownAs::of_cookies(&cookies::kept());
    shown.choose(field, fitting, chosen);
    cookies::keep(ShownAs::COOKIE, &shown.to_text());
}
