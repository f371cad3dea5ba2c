use super::*;
use serde_json::json;

#[test]
fn defaults_are_valid_and_round_trip() {
    let settings = MaracSettings::default();
    settings.validate().unwrap();
    let stored = serde_json::to_value(&settings).unwrap();
    assert_eq!(MaracSettings::from_stored(stored).unwrap(), settings);
}

#[test]
fn older_settings_take_defaults_for_what_they_lack() {
    let stored = json!({
        "version": 1,
        "high_risk_threshold": 12,
        "calendar": "scotland",
        "deadlines": {"minutes_working_days": 5},
        "quorum": {"count": 4},
        "labels": {"survivor": "victim"},
    });
    let settings = MaracSettings::from_stored(stored).unwrap();
    let mut expected = MaracSettings {
        high_risk_threshold: 12,
        calendar: Calendar::Scotland,
        ..MaracSettings::default()
    };
    expected.deadlines.minutes_working_days = 5;
    expected.quorum.count = 4;
    expected.labels.survivor = "victim".parse().unwrap();
    assert_eq!(settings, expected);
    assert_eq!(
        MaracSettings::from_stored(json!({})).unwrap(),
        MaracSettings::default()
    );
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (stored, kind) in [
        (json!({"version": 2}), "newer"),
        (json!({"version": 2, "later_field": true}), "newer"),
        (json!({"version": 0}), "invalid"),
        (json!({"high_risk_treshold": 12}), "shape"),
        (json!({"deadlines": {"minutes": 3}}), "shape"),
        (json!({"calendar": "wales"}), "shape"),
        (json!({"high_risk_threshold": 0}), "invalid"),
        (json!({"high_risk_threshold": -1}), "shape"),
        (json!({"repeat_window_months": 0}), "invalid"),
        (json!({"minutes_per_case": 1}), "invalid"),
        // Words are checked when they are sent: what was stored before that is opened.
        (json!({"labels": {"marking": ""}}), "accepted"),
        (
            json!({"quorum": {"agency_kinds": ["Police Force"]}}),
            "invalid",
        ),
        (
            json!({"deadlines": {"circulation_working_days": 9}}),
            "invalid",
        ),
        (
            json!({"deadlines": {"research_return_working_days": 9}}),
            "invalid",
        ),
        (json!({"deadlines": {"action_default_days": 0}}), "invalid"),
    ] {
        let refused = match MaracSettings::from_stored(stored.clone()) {
            Ok(_) => "accepted",
            Err(SettingsError::Newer { .. }) => "newer",
            Err(SettingsError::Shape(_)) => "shape",
            Err(SettingsError::Invalid(_)) => "invalid",
        };
        assert_eq!(refused, kind, "{stored}");
    }
}

#[test]
fn deadlines_count_working_days_of_the_area() {
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    let england = MaracSettings::default();
    let scotland = MaracSettings {
        calendar: Calendar::Scotland,
        ..MaracSettings::default()
    };
    let meeting = date("2026-04-09");
    for (settings, close, research, minutes) in [
        (&england, "2026-03-26", "2026-03-31", "2026-04-14"),
        (&scotland, "2026-03-27", "2026-04-01", "2026-04-14"),
    ] {
        assert_eq!(settings.referrals_close_on(meeting), date(close));
        assert_eq!(settings.circulation_on(meeting), date(close));
        assert_eq!(settings.research_due_on(meeting), date(research));
        assert_eq!(settings.minutes_due_on(meeting), date(minutes));
    }
}

#[test]
fn scope_names_match_their_json() {
    for scope in RepeatScope::ALL {
        assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
    }
}
