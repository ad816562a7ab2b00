//! Lists that mean the same in another order or spelling.

/// Gives `seen` the spelling and the order of `want`, item by item, where the canonical forms are equal. Items that
/// `want` does not have follow in their own order.
pub fn align_list<T: Clone, K: PartialEq>(seen: &mut Vec<T>, want: &[T], canonical: impl Fn(&T) -> K) {
    let mut rest: Vec<(K, T)> = seen.drain(..).map(|item| (canonical(&item), item)).collect();
    for item in want {
        let key = canonical(item);
        if let Some(place) = rest.iter().position(|(other, _)| *other == key) {
            rest.remove(place);
            seen.push(item.clone());
        }
    }
    seen.extend(rest.into_iter().map(|(_, item)| item));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_take_the_wanted_spelling_and_order() {
        let aligned = |seen: &[&'static str], want: &[&'static str]| {
            let mut list = seen.to_vec();
            align_list(&mut list, want, |text| text.to_lowercase());
            list
        };
        assert_eq!(aligned(&["b", "A", "c"], &["a", "B"]), ["a", "B", "c"]);
        assert_eq!(aligned(&["a", "A"], &["a"]), ["a", "A"]);
        assert_eq!(aligned(&["x"], &["a", "b"]), ["x"]);
    }
}
