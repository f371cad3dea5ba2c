use super::*;
use crate::marac::settings::MaracSettings;
use crate::risk::rules::{answers_from_line, score};
use crate::risk::tools::Tools;
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn settings() -> CriteriaSettings {
    MaracSettings::default().criteria()
}

/// A Dash with so many yes and don't-know answers, the rest no.
fn dash(yes: usize, dont_know: usize) -> Score {
    let tools = Tools::shipped().unwrap();
    let tool = tools.latest("safelives_dash").unwrap();
    let line = "Y".repeat(yes) + &"D".repeat(dont_know) + &"N".repeat(24 - yes - dont_know);
    score(tool, &answers_from_line(tool, &line).unwrap()).unwrap()
}

fn unscored(tool: &str) -> Score {
    let tools = Tools::shipped().unwrap();
    let tool = tools.latest(tool).unwrap();
    let line = "Y".repeat(tool.items.len());
    score(tool, &answers_from_line(tool, &line).unwrap()).unwrap()
}

fn claims(letters: &str) -> CriteriaClaims<'static> {
    CriteriaClaims {
        referred_on: date("2026-06-30"),
        criteria: Criteria::from_letters(letters).unwrap(),
        rationale: None,
        events: &[],
        stated_events: None,
        previous_on: None,
        previous_case: None,
    }
}

/// Every ground a claim can ask for.
fn grounded(letters: &str) -> CriteriaClaims<'static> {
    CriteriaClaims {
        rationale: Some("Fear has risen sharply since separation."),
        stated_events: Some(3),
        previous_on: Some(date("2026-01-10")),
        ..claims(letters)
    }
}

/// Every combination of the four criteria.
fn combinations() -> Vec<String> {
    (0..16_usize)
        .map(|bits| {
            let chosen = Criterion::ALL.into_iter().enumerate();
            chosen
                .filter(|(bit, _)| bits & (1 << bit) != 0)
                .map(|(_, c)| c.as_char())
                .collect()
        })
        .collect()
}

#[test]
fn a_referral_needs_a_criterion_and_each_its_ground() {
    use CriteriaError::*;
    let judged = Some("Concern");
    let score = dash(10, 0);
    let high = dash(14, 0);
    let cases: Vec<(CriteriaClaims, Option<&Score>, &[CriteriaError])> = vec![
        (claims(""), None, &[CriterionMissing]),
        (claims(""), Some(&score), &[CriterionMissing]),
        (claims(""), Some(&high), &[]),
        (claims("V"), None, &[AssessmentMissing]),
        (claims("V"), Some(&score), &[]),
        (claims("P"), Some(&score), &[RationaleMissing]),
        (claims("P"), Some(&high), &[RationaleMissing]),
        (
            CriteriaClaims {
                rationale: Some(" \n"),
                ..claims("P")
            },
            None,
            &[RationaleMissing],
        ),
        (
            CriteriaClaims {
                rationale: judged,
                ..claims("P")
            },
            None,
            &[],
        ),
        (
            CriteriaClaims {
                rationale: judged,
                ..claims("")
            },
            Some(&score),
            &[CriterionMissing],
        ),
        (claims("E"), Some(&score), &[EventsMissing]),
        (claims("E"), None, &[EventsMissing, AssessmentMissing]),
        (
            CriteriaClaims {
                stated_events: Some(0),
                ..claims("E")
            },
            Some(&score),
            &[],
        ),
        (
            CriteriaClaims {
                stated_events: Some(5),
                ..claims("E")
            },
            None,
            &[AssessmentMissing],
        ),
        (
            CriteriaClaims {
                stated_events: Some(5),
                ..claims("")
            },
            None,
            &[AssessmentMissing],
        ),
        (
            CriteriaClaims {
                stated_events: Some(5),
                ..claims("")
            },
            Some(&score),
            &[],
        ),
        (claims("R"), Some(&score), &[PreviousMissing]),
        (
            CriteriaClaims {
                previous_case: Some(""),
                ..claims("R")
            },
            None,
            &[PreviousMissing],
        ),
        (
            CriteriaClaims {
                previous_case: Some("WCC-7K3Q9"),
                ..claims("R")
            },
            None,
            &[],
        ),
        (
            CriteriaClaims {
                previous_on: Some(date("2026-06-30")),
                ..claims("R")
            },
            None,
            &[],
        ),
        (
            CriteriaClaims {
                previous_on: Some(date("2026-07-01")),
                ..claims("R")
            },
            None,
            &[PreviousNotEarlier],
        ),
        (
            claims("PER"),
            None,
            &[RationaleMissing, EventsMissing, PreviousMissing],
        ),
    ];
    for (claims, score, expected) in cases {
        let refused = criteria(&claims, score, &settings())
            .err()
            .unwrap_or_default();
        assert_eq!(refused, expected, "{claims:?}");
    }
}

/// R3 and R4 over all combinations and scores, with every ground given.
#[test]
fn no_score_refuses_and_no_claim_lowers() {
    for letters in combinations().iter().filter(|letters| !letters.is_empty()) {
        for yes in 0..=24 {
            let finding = criteria(&grounded(letters), Some(&dash(yes, 0)), &settings()).unwrap();
            let met = finding.criteria();
            assert_eq!(
                met.contains(Criterion::VisibleHighRisk),
                yes >= 14,
                "{letters} {yes}"
            );
            for criterion in Criterion::ALL {
                let claimed = letters.contains(criterion.as_char());
                let weighed = finding.not_borne_out.contains(criterion);
                let is_met = met.contains(criterion);
                assert!(
                    !claimed || is_met || weighed,
                    "a claim was dropped: {letters} {yes}"
                );
                assert!(!(is_met && weighed), "{letters} {yes}");
            }
        }
    }
}

#[test]
fn criteria_are_met_by_facts() {
    // claims, yes answers, met, not borne out
    for (claims, yes, met, weighed) in [
        (claims("V"), 14, "V", ""),
        (claims("V"), 13, "", "V"),
        (grounded("P"), 3, "PE", ""),
        (grounded("P"), 20, "VPE", ""),
        (grounded("VP"), 13, "PE", "V"),
        (grounded("R"), 0, "ER", ""),
        (grounded("VPER"), 24, "VPER", ""),
        (
            CriteriaClaims {
                stated_events: Some(2),
                ..claims("E")
            },
            5,
            "",
            "E",
        ),
        (
            CriteriaClaims {
                stated_events: Some(3),
                ..claims("E")
            },
            5,
            "E",
            "",
        ),
        (
            CriteriaClaims {
                stated_events: Some(3),
                ..claims("V")
            },
            5,
            "E",
            "V",
        ),
        (
            CriteriaClaims {
                previous_on: Some(date("2025-06-30")),
                ..claims("R")
            },
            5,
            "R",
            "",
        ),
        (
            CriteriaClaims {
                previous_on: Some(date("2025-06-29")),
                ..claims("R")
            },
            5,
            "",
            "R",
        ),
        (
            CriteriaClaims {
                previous_on: Some(date("2026-06-01")),
                ..claims("V")
            },
            14,
            "V",
            "",
        ),
    ] {
        let finding = criteria(&claims, Some(&dash(yes, 0)), &settings()).unwrap();
        assert_eq!(finding.criteria().letters(), met, "{claims:?}");
        assert_eq!(finding.not_borne_out.letters(), weighed, "{claims:?}");
    }
}

#[test]
fn the_ground_of_each_criterion_is_told() {
    let finding = criteria(&grounded("PR"), Some(&dash(15, 0)), &settings()).unwrap();
    let expected = [
        (
            Criterion::VisibleHighRisk,
            false,
            Evidence::Score {
                tool: "safelives_dash".to_owned(),
                yes: 15,
                maximum: 24,
                threshold: 14,
            },
        ),
        (Criterion::ProfessionalJudgement, true, Evidence::Rationale),
        (
            Criterion::PotentialEscalation,
            false,
            Evidence::Events {
                count: 3,
                needed: 3,
                window_months: 12,
            },
        ),
        (
            Criterion::Repeat,
            true,
            Evidence::EarlierReferral {
                on: Some(date("2026-01-10")),
            },
        ),
    ]
    .map(|(criterion, claimed, evidence)| MetCriterion {
        criterion,
        claimed,
        evidence,
    });
    assert_eq!(finding.met, expected);
}

#[test]
fn the_areas_threshold_is_for_its_tool_and_never_hides_what_another_tool_shows() {
    let area = |threshold_tool: &str, high_risk_threshold| CriteriaSettings {
        threshold_tool: threshold_tool.to_owned(),
        high_risk_threshold,
        ..settings()
    };
    // The area's tool, its threshold; another tool's own threshold and maximum.
    for (settings, tool, own, maximum, expected) in [
        (
            area("safelives_dash", 14),
            "safelives_dash",
            Some(14),
            24,
            Some(14),
        ),
        (
            area("safelives_dash", 10),
            "safelives_dash",
            Some(14),
            24,
            Some(10),
        ),
        (
            area("safelives_dash", 20),
            "safelives_dash",
            Some(14),
            24,
            Some(20),
        ),
        // Out of its reach: its own.
        (area("short", 14), "short", Some(5), 10, Some(5)),
        // Another's: the lower of the two.
        (area("short", 5), "safelives_dash", Some(14), 24, Some(5)),
        (area("safelives_dash", 14), "short", Some(5), 10, Some(5)),
        (area("safelives_dash", 14), "s_dash", None, 11, None),
    ] {
        let found = settings.threshold_for(tool, own, Some(maximum));
        assert_eq!(found, expected, "{settings:?} {tool}");
    }
    let strict = area("safelives_dash", 10);
    for (score, settings, met) in [
        (dash(13, 0), &settings(), ""),
        (dash(10, 0), &strict, "V"),
        (dash(9, 0), &strict, ""),
        (unscored("s_dash"), &strict, ""),
    ] {
        let finding = criteria(&claims("V"), Some(&score), settings).unwrap();
        assert_eq!(finding.criteria().letters(), met, "{score:?}");
    }
}

#[test]
fn events_count_within_the_window() {
    let event = |on: &str, reported_to_police| EscalationEvent {
        on: date(on),
        reported_to_police,
    };
    let recent = [
        event("2026-06-30", true),
        event("2026-01-05", false),
        event("2025-06-30", true),
    ];
    let one_too_old = [recent[0], recent[1], event("2025-06-29", true)];
    let one_to_come = [recent[0], recent[1], event("2026-07-01", true)];
    let any = settings();
    let police = CriteriaSettings {
        escalation_counts_police_only: true,
        ..settings()
    };
    let two_police = CriteriaSettings {
        escalation_count: 2,
        ..police.clone()
    };
    let short = CriteriaSettings {
        escalation_window_months: 1,
        ..settings()
    };
    for (events, stated, settings, count) in [
        (&recent, None, &any, Some(3)),
        (&one_too_old, None, &any, None),
        (&one_to_come, None, &any, None),
        (&one_to_come, Some(7), &any, Some(7)),
        (&recent, Some(1), &any, Some(3)),
        (&recent, None, &police, None),
        (&recent, None, &two_police, Some(2)),
        (&recent, None, &short, None),
    ] {
        let claims = CriteriaClaims {
            events,
            stated_events: stated,
            ..claims("E")
        };
        let finding = criteria(&claims, Some(&dash(0, 0)), settings).unwrap();
        let found = finding.met.first().map(|met| match met.evidence {
            Evidence::Events { count, .. } => count,
            _ => 0,
        });
        assert_eq!(found, count, "{events:?} {stated:?}");
    }
}

#[test]
fn advice_says_what_a_score_cannot() {
    use Advice::*;
    let s_dash = unscored("s_dash");
    let cases: Vec<(CriteriaClaims, Option<Score>, &[Advice])> = vec![
        (claims("V"), Some(dash(14, 0)), &[]),
        (claims("V"), Some(dash(14, 8)), &[]),
        (claims("V"), Some(dash(13, 0)), &[ScoreBelowThreshold]),
        (
            claims("V"),
            Some(dash(7, 6)),
            &[ScoreBelowThreshold, ManyDontKnowsConsiderJudgement],
        ),
        (
            claims("V"),
            Some(dash(12, 2)),
            &[ScoreBelowThreshold, OpenItemsCouldReachThreshold],
        ),
        (
            claims("V"),
            Some(dash(10, 6)),
            &[
                ScoreBelowThreshold,
                ManyDontKnowsConsiderJudgement,
                OpenItemsCouldReachThreshold,
            ],
        ),
        (claims("V"), Some(s_dash.clone()), &[ScoreMissing]),
        (grounded("VP"), None, &[ScoreMissing, EscalationFound]),
        (
            CriteriaClaims {
                stated_events: None,
                ..grounded("P")
            },
            Some(dash(10, 6)),
            &[],
        ),
        (claims(""), Some(dash(20, 0)), &[VisibleHighRiskFound]),
        (
            CriteriaClaims {
                stated_events: Some(1),
                ..claims("E")
            },
            Some(dash(5, 0)),
            &[EscalationBelowCount],
        ),
        (
            CriteriaClaims {
                previous_on: Some(date("2024-01-01")),
                ..claims("R")
            },
            Some(dash(5, 0)),
            &[PreviousOutsideWindow],
        ),
    ];
    for (claims, score, expected) in cases {
        let finding = criteria(&claims, score.as_ref(), &settings()).unwrap();
        assert_eq!(finding.advice, expected, "{claims:?} {score:?}");
    }
}

#[test]
fn letters_and_names_round_trip() {
    for letters in combinations() {
        assert_eq!(Criteria::from_letters(&letters).unwrap().letters(), letters);
    }
    assert_eq!(Criteria::from_letters("REV").unwrap().letters(), "VER");
    assert_eq!(Criteria::from_letters("VX"), None);
    for criterion in Criterion::ALL {
        assert_eq!(Criterion::parse(criterion.as_str()), Some(criterion));
        assert_eq!(Criterion::from_char(criterion.as_char()), Some(criterion));
        assert_eq!(serde_json::to_value(criterion).unwrap(), criterion.as_str());
    }
    for error in [
        CriteriaError::RationaleMissing,
        CriteriaError::AssessmentMissing,
    ] {
        assert_eq!(serde_json::to_value(error).unwrap(), error.to_string());
    }
    let both = Criteria::from_letters("RV").unwrap();
    let json = serde_json::json!(["visible_high_risk", "repeat"]);
    assert_eq!(serde_json::to_value(&both).unwrap(), json);
    assert_eq!(serde_json::from_value::<Criteria>(json).unwrap(), both);
}

#[test]
fn what_was_recorded_stands_whatever_would_be_found_today() {
    let recorded = |letters| Criteria::from_letters(letters).unwrap();
    // Found today, ticked, on the record; then the standing criteria, those without ground, not borne out.
    for (yes, claim, record, met, ungrounded, not_borne_out) in [
        (14, "V", "V", "V", "", ""),
        (13, "V", "V", "V", "V", ""),
        (14, "R", "R", "R", "", ""),
        (14, "", "VE", "VE", "E", ""),
        (13, "VP", "P", "P", "", "V"),
        (13, "P", "", "", "", ""),
    ] {
        let claims = grounded(claim);
        let claims = CriteriaClaims {
            stated_events: None,
            ..claims
        };
        let found = criteria(&claims, Some(&dash(yes, 0)), &settings()).unwrap();
        let read = found.as_recorded(&recorded(record), &claims.criteria);
        assert_eq!(read.criteria().letters(), met, "{claim} {record}");
        let bare = read.met.iter().filter(|m| m.evidence == Evidence::Recorded);
        let bare: Criteria = bare.map(|m| m.criterion).collect();
        assert_eq!(bare.letters(), ungrounded, "{claim} {record}");
        assert_eq!(
            read.not_borne_out.letters(),
            not_borne_out,
            "{claim} {record}"
        );
    }
}

proptest! {
    /// Whatever else is claimed, more yes answers never lose a criterion.
    #[test]
    fn more_yes_answers_never_lower(bits in 0_usize..16, yes in 0_usize..24, more in 0_usize..24) {
        let letters = &combinations()[bits];
        let more = more.max(yes);
        let low = criteria(&grounded(letters), Some(&dash(yes, 0)), &settings()).unwrap();
        let high = criteria(&grounded(letters), Some(&dash(more, 0)), &settings()).unwrap();
        for criterion in low.criteria().iter() {
            prop_assert!(high.criteria().contains(criterion));
        }
    }

    /// Judgement only ever adds itself (R4).
    #[test]
    fn judgement_raises_and_never_lowers(bits in 0_usize..16, yes in 0_usize..24) {
        let letters = combinations()[bits].replace('P', "");
        let without = criteria(&grounded(&letters), Some(&dash(yes, 0)), &settings()).unwrap();
        let judged = format!("P{letters}");
        let with = criteria(&grounded(&judged), Some(&dash(yes, 0)), &settings()).unwrap();
        let mut expected: Vec<_> = without.criteria().iter().collect();
        expected.push(Criterion::ProfessionalJudgement);
        prop_assert_eq!(with.criteria(), expected.into_iter().collect());
    }
}
