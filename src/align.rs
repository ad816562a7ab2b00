//! Lists that mean the same in another order or spelling.

/// Gives `seen` the spelling and the order of `want`, item by item, where the canonical forms are equal. The items that
/// `want` does not have stand in its other places, in their own order; those for which there is no place follow.
///
/// So an item that differs stands where the wanted one does, and those beside it do not look moved.
pub fn align_list<T: Clone, K: PartialEq>(seen: &mut Vec<T>, want: &[T], canonical: impl Fn(&T) -> K) {
    let mut rest: Vec<(K, T)> = seen.drain(..).map(|item| (canonical(&item), item)).collect();
    let mut places: Vec<Option<&T>> = Vec::new();
    for item in want {
        let key = canonical(item);
        let same = rest.iter().position(|(other, _)| *other == key);
        places.push(same.map(|place| {
            rest.remove(place);
            item
        }));
    }
    let mut rest = rest.into_iter().map(|(_, item)| item);
    seen.extend(places.into_iter().filter_map(|same| same.cloned().or_else(|| rest.next())));
    seen.extend(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(seen: &[&'static str], want: &[&'static str]) -> Vec<&'static str> {
        let mut list = seen.to_vec();
        align_list(&mut list, want, |text| text.to_lowercase());
        list
    }

    #[test]
    fn equal_items_take_the_wanted_spelling_and_order() {
        assert_eq!(aligned(&["b", "A", "c"], &["a", "B"]), ["a", "B", "c"]);
        assert_eq!(aligned(&["a", "A"], &["a"]), ["a", "A"]);
        assert_eq!(aligned(&["x"], &["a", "b"]), ["x"]);
    }

    #[test]
    fn an_item_that_differs_stands_where_the_wanted_one_does() {
        assert_eq!(aligned(&["x", "b"], &["a", "b"]), ["x", "b"]);
        assert_eq!(aligned(&["c", "x", "a"], &["a", "b", "c"]), ["a", "x", "c"]);
        assert_eq!(aligned(&["b"], &["a", "b"]), ["b"]);
        assert_eq!(aligned(&["y", "b", "x"], &["a", "b"]), ["y", "b", "x"]);
    }
}
