//! The ladder that an action climbs while it is overdue (R29).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// Days past its due date from which an action that is not done goes to each in turn. Practice names
/// the order (SL12, L30) and no figure, so the days are ours. An action takes a step a day at most:
/// one found long overdue, as after an import, goes past nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[validate(schema(function = "rising"))]
pub struct ActionLadder {
    /// To its owner: the person named, else the agency. Ours: 1.
    #[validate(range(min = 1, max = 365))]
    pub owner_days: u16,
    /// To the lead of the owner's agency. Ours: 7.
    #[validate(range(min = 1, max = 365))]
    pub agency_lead_days: u16,
    /// To the coordinator. Ours: 14.
    #[validate(range(min = 1, max = 365))]
    pub coordinator_days: u16,
    /// To the chair. Ours: 21.
    #[validate(range(min = 1, max = 365))]
    pub chair_days: u16,
    /// Onto the steering group's register. Ours: 35.
    #[validate(range(min = 1, max = 365))]
    pub steering_group_days: u16,
    /// Days between two reminders to the owner, for as long as it is outstanding. Ours: 7.
    #[validate(range(min = 1, max = 90))]
    pub remind_every_days: u16,
}

impl Default for ActionLadder {
    fn default() -> Self {
        Self {
            owner_days: 1,
            agency_lead_days: 7,
            coordinator_days: 14,
            chair_days: 21,
            steering_group_days: 35,
            remind_every_days: 7,
        }
    }
}

/// Nobody is told before whoever stands below them.
fn rising(ladder: &ActionLadder) -> Result<(), ValidationError> {
    let days = [
        ladder.owner_days,
        ladder.agency_lead_days,
        ladder.coordinator_days,
        ladder.chair_days,
        ladder.steering_group_days,
    ];
    match days.is_sorted() {
        true => Ok(()),
        false => Err(ValidationError::new("ladder_out_of_order")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_only_rises() {
        let ladder = ActionLadder::default();
        assert!(ladder.validate().is_ok());
        let level = ActionLadder {
            chair_days: ladder.coordinator_days,
            ..ladder.clone()
        };
        assert!(level.validate().is_ok());
        let falling = ActionLadder {
            chair_days: ladder.coordinator_days - 1,
            ..ladder.clone()
        };
        assert!(falling.validate().is_err());
        let never = ActionLadder {
            owner_days: 0,
            ..ladder
        };
        assert!(never.validate().is_err());
    }
}
