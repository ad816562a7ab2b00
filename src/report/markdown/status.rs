//! The estate, as people see it.

use super::{Page, fence};
use crate::{
    estate::Estate,
    report::{human::plain, status::estate as words},
};

/// Renders the estate: the line that sums it up, then all of it.
pub fn status(estate: &Estate) -> String {
    let mut page = Page::new("trailctl status", Some(&estate.account));
    let text = plain(&words(estate));
    let (rest, sum) = text.trim_end().rsplit_once('\n').unwrap_or(("", &text));
    // The sum is of our words and of numbers, unless there are no trails.
    if sum.starts_with("Status:") {
        page.add("summary", format!("**{sum}**"));
        page.add("table", fence("text", rest));
    } else {
        page.add("summary", fence("text", &text));
    }
    page.end("`trailctl status` shows all.")
}
