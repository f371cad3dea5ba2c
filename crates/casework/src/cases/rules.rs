//! Decisions on a case: when a day ends, whether it may be closed, who may be shared with.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::exclusions_store::ExclusionSubject;
use kernel::error::{Error, Result};
use practice::vocabulary::CaseStatus;

/// The moment a day is over where the MARACs are: what holds until a day holds all that day.
pub fn day_end(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day
        .checked_add_days(chrono::Days::new(1))
        .unwrap_or(day)
        .and_time(NaiveTime::MIN);
    // In London midnight is never skipped; if it comes twice, the first one counts.
    midnight
        .and_local_timezone(chrono_tz::Europe::London)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

/// An end that is not behind us already.
pub fn until(day: Option<NaiveDate>, today: NaiveDate) -> Result<Option<DateTime<Utc>>> {
    match day {
        Some(day) if day < today => Err(Error::field(
            "/until",
            "in_the_past",
            "Give today or a later day.",
        )),
        day => Ok(day.map(day_end)),
    }
}

/// What closing a case depends on.
#[derive(Debug, Clone, Copy)]
pub struct Closing {
    /// Where the case stands.
    pub status: CaseStatus,
    /// Actions are outstanding, or not done and not yet dealt with by the chair.
    pub outstanding: bool,
    /// The chair gave a reason for closing over them.
    pub chair_said_why: bool,
}

/// R30: a case with actions that are not done is closed only if the chair records why.
pub fn close(closing: Closing) -> Result<()> {
    match closing.status {
        CaseStatus::Listed | CaseStatus::Heard | CaseStatus::Monitoring | CaseStatus::Lapsed => {}
        _ => return Err(Error::conflict("not_open")),
    }
    if closing.outstanding && !closing.chair_said_why {
        return Err(Error::conflict("open_actions"));
    }
    Ok(())
}

/// What sharing with an agency depends on.
#[derive(Debug, Clone, Copy)]
pub struct Sharing {
    /// The agency is a live member of the MARAC.
    pub member: bool,
    /// Its agreement is past its review date.
    pub review_due: bool,
    /// It has a live share of the case already.
    pub shared: bool,
}

/// A case is shared with a member whose agreement stands (R35, design 3.1).
pub fn share(sharing: Sharing) -> Result<()> {
    if !sharing.member {
        return Err(Error::field(
            "/agency_id",
            "not_a_member",
            "This agency does not sit in the case's MARAC.",
        ));
    }
    if sharing.review_due {
        return Err(Error::conflict("agreement_review_due"));
    }
    if sharing.shared {
        return Err(Error::conflict("already_shared"));
    }
    Ok(())
}

/// An exclusion names exactly one: a person, a registered person, or an agency; only an agency has
/// an exempt senior.
pub fn exclude(subject: ExclusionSubject) -> Result<()> {
    let named = [subject.user_id, subject.actor_id, subject.agency_id];
    if named.iter().flatten().count() != 1 {
        return Err(Error::field(
            "",
            "exactly_one",
            "Give one of user_id, actor_id and agency_id.",
        ));
    }
    if subject.exempt_user_id.is_some() && subject.agency_id.is_none() {
        return Err(Error::field(
            "/exempt_user_id",
            "needs_agency",
            "Only an agency has an exempt senior.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(result: Result<()>) -> String {
        match result {
            Ok(()) => "ok".into(),
            Err(Error::Problem(problem)) => problem
                .reason
                .map(str::to_owned)
                .or_else(|| problem.errors.first().map(|error| error.code.clone()))
                .unwrap_or_default(),
            Err(_) => "fault".into(),
        }
    }

    #[test]
    fn a_day_ends_at_midnight_in_london() {
        let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
        let table = [
            (day(1, 5), "2026-01-06T00:00:00+00:00"),
            (day(3, 28), "2026-03-29T00:00:00+00:00"),
            (day(3, 29), "2026-03-29T23:00:00+00:00"),
            (day(7, 1), "2026-07-01T23:00:00+00:00"),
        ];
        for (day, end) in table {
            assert_eq!(day_end(day).to_rfc3339(), end);
        }
        assert!(until(Some(day(1, 4)), day(1, 5)).is_err());
        assert_eq!(
            until(Some(day(1, 5)), day(1, 5)).unwrap(),
            Some(day_end(day(1, 5)))
        );
        assert_eq!(until(None, day(1, 5)).unwrap(), None);
    }

    #[test]
    fn the_table_of_closing() {
        for status in CaseStatus::ALL {
            for (outstanding, chair_said_why) in [(false, false), (true, false), (true, true)] {
                let open = matches!(
                    status,
                    CaseStatus::Listed
                        | CaseStatus::Heard
                        | CaseStatus::Monitoring
                        | CaseStatus::Lapsed
                );
                let expected = match (open, outstanding, chair_said_why) {
                    (false, _, _) => "not_open",
                    (true, true, false) => "open_actions",
                    _ => "ok",
                };
                let closing = Closing {
                    status: *status,
                    outstanding,
                    chair_said_why,
                };
                assert_eq!(reason(close(closing)), expected, "{closing:?}");
            }
        }
    }

    #[test]
    fn the_table_of_excluding() {
        let (none, one) = (None, Some(uuid::Uuid::nil()));
        let table = [
            (none, none, none, none, "exactly_one"),
            (one, none, none, none, "ok"),
            (none, one, none, none, "ok"),
            (none, none, one, none, "ok"),
            (none, none, one, one, "ok"),
            (one, one, none, none, "exactly_one"),
            (one, none, one, none, "exactly_one"),
            (one, none, none, one, "needs_agency"),
        ];
        for (user_id, actor_id, agency_id, exempt_user_id, expected) in table {
            let subject = ExclusionSubject {
                user_id,
                actor_id,
                agency_id,
                exempt_user_id,
            };
            assert_eq!(reason(exclude(subject)), expected, "{subject:?}");
        }
    }

    #[test]
    fn the_table_of_sharing() {
        let table = [
            (true, false, false, "ok"),
            (false, false, false, "not_a_member"),
            (false, true, true, "not_a_member"),
            (true, true, false, "agreement_review_due"),
            (true, false, true, "already_shared"),
        ];
        for (member, review_due, shared, expected) in table {
            let sharing = Sharing {
                member,
                review_due,
                shared,
            };
            assert_eq!(reason(share(sharing)), expected, "{sharing:?}");
        }
    }
}
