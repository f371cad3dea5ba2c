use super::*;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::error::Error;
use practice::vocabulary::AgencyKind;
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn day(offset: i64) -> NaiveDate {
    now().date_naive() + TimeDelta::days(offset)
}

fn member() -> Member {
    Member {
        agency_id: Uuid::now_v7(),
        name: "City Housing".into(),
        kind: AgencyKind::Housing,
        closed_at: None,
        core: false,
        signed_on: Some(day(-100)),
        signatory: Some("Head of Housing".into()),
        review_on: Some(day(265)),
        access_ends_at: None,
        suspended_at: None,
        suspended_by: None,
        suspension_reason: None,
        version: 1,
    }
}

fn outcome(result: Result<()>) -> String {
    match result {
        Ok(()) => "ok".into(),
        Err(Error::Problem(problem)) => match (problem.reason, problem.errors.first()) {
            (Some(reason), _) => reason.into(),
            (None, Some(field)) => format!("{} {}", field.pointer, field.code),
            _ => problem.code.as_str().into(),
        },
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_review_date_past_warns_and_stops_new_listings_and_nothing_else() {
    for (signed, review, expected, listings) in [
        (Some(-100), Some(265), None, true),
        (Some(-100), Some(0), None, true),
        (
            Some(-100),
            Some(-1),
            Some(AgreementWarning::ReviewPast),
            false,
        ),
        (Some(-100), None, None, true),
        (None, None, Some(AgreementWarning::Unsigned), true),
        (None, Some(-1), Some(AgreementWarning::ReviewPast), false),
    ] {
        let member = Member {
            signed_on: signed.map(day),
            review_on: review.map(day),
            ..member()
        };
        let found = warning(member.signed_on, member.review_on, day(0));
        assert_eq!(found, expected, "{signed:?} {review:?}");
        assert!(is_live(&member, now()));
        let standing = match listings {
            true => ListingStanding::Live,
            false => ListingStanding::AgreementReviewPast,
        };
        assert_eq!(listing_standing(&member, now(), day(0)), standing);
    }
}

#[test]
fn access_ends_by_closing_suspension_or_expiry() {
    let ended = now() - TimeDelta::seconds(1);
    for (member, live) in [
        (member(), true),
        (
            Member {
                closed_at: Some(ended),
                ..member()
            },
            false,
        ),
        (
            Member {
                suspended_at: Some(ended),
                ..member()
            },
            false,
        ),
        (
            Member {
                access_ends_at: Some(now()),
                ..member()
            },
            false,
        ),
        (
            Member {
                access_ends_at: Some(now() + TimeDelta::seconds(1)),
                ..member()
            },
            true,
        ),
    ] {
        assert_eq!(is_live(&member, now()), live);
        let standing = match live {
            true => ListingStanding::Live,
            false => ListingStanding::MembershipEnded,
        };
        assert_eq!(listing_standing(&member, now(), day(0)), standing);
    }
}

#[test]
fn an_agreement_has_a_date_a_signatory_and_an_order() {
    let agreement = |signed: Option<i64>,
                     by: Option<&str>,
                     review: Option<i64>,
                     ends: Option<DateTime<Utc>>| Agreement {
        core: true,
        signed_on: signed.map(|n| day(n).into()),
        signatory: by.map(practice::text::Line::as_stored),
        review_on: review.map(|n| day(n).into()),
        access_ends_at: ends.map(Into::into),
    };
    let past = Some(now() - TimeDelta::days(1));
    let future = Some(now() + TimeDelta::days(1));
    let expired = Member {
        access_ends_at: past,
        ..member()
    };
    for (agreement, before, own, expected) in [
        (agreement(None, None, None, None), None, false, "ok"),
        (
            agreement(Some(0), Some("A"), Some(365), future),
            None,
            false,
            "ok",
        ),
        (
            agreement(Some(1), Some("A"), None, None),
            None,
            false,
            "/signed_on future",
        ),
        (
            agreement(Some(0), None, None, None),
            None,
            false,
            "/signatory required",
        ),
        (
            agreement(None, Some("A"), None, None),
            None,
            false,
            "/signed_on required",
        ),
        (
            agreement(Some(0), Some("A"), Some(-1), None),
            None,
            false,
            "/review_on before_signing",
        ),
        (
            agreement(None, None, None, past),
            None,
            false,
            "/access_ends_at past",
        ),
        (
            agreement(None, None, None, past),
            Some(&expired),
            false,
            "ok",
        ),
        (
            agreement(None, None, None, None),
            Some(&expired),
            true,
            "own_agency",
        ),
        (
            agreement(None, None, None, future),
            None,
            true,
            "own_agency",
        ),
        (agreement(Some(0), Some("A"), None, None), None, true, "ok"),
    ] {
        let found = outcome(agree(&agreement, before, own, now(), day(0)));
        assert_eq!(found, expected, "{agreement:?}");
    }
}

#[test]
fn suspending_reinstating_and_closing_follow_the_state_and_never_touch_ones_own_agency() {
    let suspended = Member {
        suspended_at: Some(now()),
        ..member()
    };
    let agency = |closed_at| Agency {
        id: Uuid::now_v7(),
        name: "City Housing".into(),
        kind: AgencyKind::Housing,
        closed_at,
        version: 1,
    };
    for (found, expected) in [
        (suspend(&member(), false), "ok"),
        (suspend(&suspended, false), "already_suspended"),
        (suspend(&member(), true), "own_agency"),
        (reinstate(&suspended, false), "ok"),
        (reinstate(&member(), false), "not_suspended"),
        (reinstate(&suspended, true), "own_agency"),
        (close(&agency(None), false), "ok"),
        (close(&agency(Some(now())), false), "agency_closed"),
        (close(&agency(None), true), "own_agency"),
    ] {
        assert_eq!(outcome(found), expected);
    }
}
