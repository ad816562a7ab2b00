//! Plans as files: JSON that is read again only if it is a whole plan of this format.

use super::{FORMAT, Plan};

/// How long a plan may be, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// Why a text is not a plan.
#[derive(Debug, thiserror::Error)]
pub enum NotAPlan {
    /// It is longer than any plan.
    #[error("it is larger than {MAX_BYTES} bytes")]
    TooLong,
    /// It is not JSON, or not of the shape of a plan.
    #[error("it is not the JSON of a plan")]
    Shape(#[source] serde_json::Error),
    /// It is of another format, so of another version of trailctl.
    #[error("its format is `{0}`, and this trailctl reads `{FORMAT}`")]
    Format(String),
    /// Its steps are not numbered from 1 in order.
    #[error("its step {0} has another number")]
    Number(usize),
    /// A step comes after one that does not come before it.
    #[error("its step {0} comes after step {1}, which does not stand before it")]
    Order(usize, usize),
}

impl Plan {
    /// Reads the JSON of a plan. Errors when it is not a plan of this format whose steps are in order.
    pub fn read(text: &str) -> Result<Self, NotAPlan> {
        if text.len() > MAX_BYTES {
            return Err(NotAPlan::TooLong);
        }
        let plan: Self = serde_json::from_str(text).map_err(NotAPlan::Shape)?;
        if plan.format != FORMAT {
            return Err(NotAPlan::Format(plan.format));
        }
        for (place, step) in plan.steps.iter().enumerate() {
            if step.id != place + 1 {
                return Err(NotAPlan::Number(place + 1));
            }
            if let Some(after) = step.after.iter().find(|after| !(1..=place).contains(*after)) {
                return Err(NotAPlan::Order(step.id, *after));
            }
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn step(id: usize, after: &[usize]) -> Value {
        json!({"id": id, "address": "bucket.logs", "resource": {"kind": "bucket", "region": "us-east-1", "name": "logs"},
            "action": "create", "phase": "whole", "changes": [], "calls": [], "after": after, "attrs": {}, "outputs": {}})
    }

    fn plan(format: &str, steps: &[Value]) -> String {
        json!({"format": format, "trailctl": "0.1.0", "stack": "s", "account": {"id": "111122223333", "partition": "aws"},
            "steps": steps, "unchanged": [], "left_alone": [], "refused": [], "read_set": {}})
        .to_string()
    }

    #[test]
    fn a_plan_reads_back() {
        let text = plan(FORMAT, &[step(1, &[]), step(2, &[1])]);
        let read = Plan::read(&text).unwrap();
        let again = serde_json::to_string(&read).unwrap();
        assert_eq!(Plan::read(&again).unwrap(), read);
    }

    #[test]
    fn what_is_no_plan_is_refused_and_says_why() {
        let refused = |text: &str| Plan::read(text).unwrap_err().to_string();
        assert_eq!(refused("{}"), "it is not the JSON of a plan");
        assert_eq!(
            refused(&plan("trailctl.plan/9", &[])),
            "its format is `trailctl.plan/9`, and this trailctl reads `trailctl.plan/1`"
        );
        assert_eq!(refused(&plan(FORMAT, &[step(2, &[])])), "its step 1 has another number");
        for after in [0, 2, 3] {
            let want = format!("its step 2 comes after step {after}, which does not stand before it");
            assert_eq!(refused(&plan(FORMAT, &[step(1, &[]), step(2, &[after])])), want);
        }
    }
}
