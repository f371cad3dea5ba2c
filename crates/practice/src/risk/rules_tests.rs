use super::*;
use crate::risk::tools::Tools;
use proptest::prelude::*;

fn dash() -> Tool {
    Tools::shipped()
        .unwrap()
        .latest("safelives_dash")
        .unwrap()
        .clone()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn given<'a>(item: &'a str, answer: Answer, options: &'a [Line<40>]) -> GivenAnswer<'a> {
    GivenAnswer {
        item,
        answer,
        options,
    }
}

fn figures(score: &Score) -> (u8, u8, u8, u8) {
    let yes = score.yes_count();
    (yes, score.no, score.dont_know, score.not_asked)
}

#[test]
fn lines_of_a_register_are_scored() {
    let dash = dash();
    for (line, expected, band) in [
        ("YYYNYNYNNYNNNYYYNNNYYNYY", (13, 11, 0, 0), Some("medium")),
        ("YYNYYYYYYYYYYYYYYYYNNYYY", (21, 3, 0, 0), Some("high")),
        ("YYYYYYYYYYYYYYNNNNNNNNNN", (14, 10, 0, 0), Some("high")),
        ("YYYYYYYYYYYYYNNNNNNNNNNN", (13, 11, 0, 0), Some("medium")),
        ("DDDDDDDDDDDDDDDDDDDDDDDD", (0, 0, 24, 0), None),
        ("NNNNNNNNNNNNNNNNNNNNNNNN", (0, 24, 0, 0), None),
        ("------------------------", (0, 0, 0, 24), None),
        ("YNDYNDYNDYNDYNDYNDYND---", (7, 7, 7, 3), Some("standard")),
    ] {
        let scored = score(&dash, &answers_from_line(&dash, line).unwrap()).unwrap();
        assert_eq!(figures(&scored), expected, "{line}");
        assert_eq!(scored.band.as_deref(), band, "{line}");
        let (yes, _, _, not_asked) = expected;
        assert_eq!(scored.yes, (not_asked < 24).then_some(yes), "{line}");
        assert_eq!(scored.answered, 24 - not_asked, "{line}");
        assert_eq!(scored.complete, not_asked == 0, "{line}");
        assert_eq!((scored.maximum, scored.threshold), (Some(24), Some(14)));
        assert_eq!(
            (scored.tool.as_str(), scored.version),
            ("safelives_dash", 1)
        );
    }
}

#[test]
fn a_line_of_another_tool_is_refused() {
    let dash = dash();
    for (line, index, code) in [
        ("", 0, AnswerErrorCode::WrongLength),
        ("YYYNYNYNNYNNNYYYNNNYYNY", 23, AnswerErrorCode::WrongLength),
        (
            "YYYNYNYNNYNNNYYYNNNYYNYYY",
            24,
            AnswerErrorCode::WrongLength,
        ),
        (
            "YYYNYNYNNYNNNYYYNNNYYNY?",
            23,
            AnswerErrorCode::UnknownAnswer,
        ),
        (
            "yYYNYNYNNYNNNYYYNNNYYNYY",
            0,
            AnswerErrorCode::UnknownAnswer,
        ),
        (
            "ŷYYNYNYNNYNNNYYYNNNYYNYY",
            0,
            AnswerErrorCode::UnknownAnswer,
        ),
    ] {
        let errors = answers_from_line(&dash, line).unwrap_err();
        assert_eq!(errors.len(), 1, "{line}");
        assert_eq!((errors[0].index, errors[0].code), (index, code), "{line}");
    }
    let two = answers_from_line(&dash, "?YYNYNYNNYNNNYYYNNNYYNY?").unwrap_err();
    assert_eq!(
        two.iter().map(|error| error.index).collect::<Vec<_>>(),
        [0, 23]
    );
}

#[test]
fn what_is_missing_was_not_asked() {
    let none = score(&dash(), &[]).unwrap();
    assert_eq!(figures(&none), (0, 0, 0, 24));
    let options = ["killing", "self"].map(Line::as_stored);
    let some = [
        given("q24", Answer::Yes, &[]),
        given("q3", Answer::Yes, &options),
    ];
    assert_eq!(figures(&score(&dash(), &some).unwrap()), (2, 0, 0, 22));
}

#[test]
fn every_fault_is_named_and_nothing_sent_comes_back() {
    let mut tool = dash();
    tool.answers.retain(|answer| *answer != Answer::NotAsked);
    let unknown = [Line::as_stored("secret")];
    let answers = [
        given("q1", Answer::Yes, &unknown),
        given("Jane Doe", Answer::Yes, &[]),
        given("q2", Answer::NotAsked, &[]),
        given("q4", Answer::No, &[]),
        given("q4", Answer::No, &[]),
    ];
    let errors = score(&tool, &answers).unwrap_err();
    let found: Vec<_> = errors
        .iter()
        .map(|error| (error.index, error.item.as_deref(), error.code))
        .collect();
    assert_eq!(
        found,
        [
            (0, Some("q1"), AnswerErrorCode::UnknownOption),
            (1, None, AnswerErrorCode::UnknownItem),
            (2, Some("q2"), AnswerErrorCode::AnswerNotOffered),
            (4, Some("q4"), AnswerErrorCode::DuplicateItem),
        ]
    );
    let shown = format!("{errors:?} {}", errors[1]);
    assert!(
        !shown.contains("secret") && !shown.contains("Jane"),
        "{shown}"
    );
    assert_eq!(errors[1].to_string(), "answer 1: unknown_item");
}

#[test]
fn a_tool_judged_by_the_professional_has_no_score_rather_than_none_of_it() {
    let mut tool = dash();
    tool.scoring.method = ScoringMethod::NotScored;
    tool.threshold = None;
    tool.role = ToolRole::Supplement;
    let scored = score(
        &tool,
        &[given("q1", Answer::Yes, &[]), given("q2", Answer::No, &[])],
    );
    let scored = scored.unwrap();
    assert_eq!((scored.yes, scored.maximum), (None, None));
    assert_eq!(figures(&scored), (1, 1, 0, 22));
    assert!(!scored.complete && scored.band.is_none() && scored.threshold.is_none());
}

#[test]
fn a_record_keeps_its_score_when_its_tool_is_gone() {
    let answers = [
        given("old1", Answer::Yes, &[]),
        given("old2", Answer::DontKnow, &[]),
        given("old3", Answer::No, &[]),
    ];
    let of = ("old_tool".to_owned(), 2, ToolRole::Threshold);
    let kept = Score::recorded(of, (Some(1), Some(4)), &answers);
    assert_eq!(
        (kept.yes, kept.maximum, kept.threshold),
        (Some(1), Some(4), None)
    );
    assert_eq!((figures(&kept), kept.answered), ((1, 1, 1, 1), 3));
    assert!(!kept.complete);
}

#[test]
fn repeats_lie_within_twelve_calendar_months() {
    for (last, this, months, repeat) in [
        (None, "2026-01-01", 12, false),
        (Some("2025-03-15"), "2025-03-15", 12, true),
        (Some("2025-03-15"), "2026-03-14", 12, true),
        (Some("2025-03-15"), "2026-03-15", 12, true),
        (Some("2025-03-15"), "2026-03-16", 12, false),
        (Some("2025-03-15"), "2025-03-14", 12, false),
        (Some("2024-02-29"), "2025-02-28", 12, true),
        (Some("2024-02-29"), "2025-03-01", 12, false),
        (Some("2023-02-28"), "2024-02-28", 12, true),
        (Some("2023-02-28"), "2024-02-29", 12, false),
        (Some("2024-02-29"), "2028-02-29", 48, true),
        (Some("2025-08-31"), "2026-02-28", 6, true),
        (Some("2025-08-31"), "2026-03-01", 6, false),
        (Some("2023-08-31"), "2024-02-29", 6, true),
        (Some("2025-12-31"), "2026-12-31", 12, true),
        (Some("2025-12-31"), "2027-01-01", 12, false),
        (Some("2025-03-31"), "2025-04-30", 1, true),
        (Some("2025-03-31"), "2025-05-01", 1, false),
    ] {
        let last_date = last.map(date);
        assert_eq!(
            is_repeat(last_date, date(this), months),
            repeat,
            "{last:?} {this} {months}"
        );
    }
}

#[test]
fn flags_expire_with_the_window() {
    for (last, months, expires) in [
        ("2025-03-15", 12, "2026-03-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-12-31", 2, "2026-02-28"),
    ] {
        assert_eq!(
            flag_expires(date(last), months),
            date(expires),
            "{last} {months}"
        );
    }
    assert_eq!(flag_expires(NaiveDate::MAX, 12), NaiveDate::MAX);
}

#[test]
fn ages_turn_on_the_birthday() {
    for (born, on, age) in [
        ("2000-06-15", "2016-06-14", Some(15)),
        ("2000-06-15", "2016-06-15", Some(16)),
        ("2000-06-15", "2000-06-15", Some(0)),
        ("2000-06-15", "2000-06-14", None),
        ("2008-02-29", "2024-02-28", Some(15)),
        ("2008-02-29", "2024-02-29", Some(16)),
        ("2008-02-29", "2025-02-28", Some(16)),
        ("2008-02-29", "2025-03-01", Some(17)),
        ("1999-12-31", "2026-01-01", Some(26)),
    ] {
        assert_eq!(age_on(date(born), date(on)), age, "{born} {on}");
    }
}

#[test]
fn answers_round_trip() {
    for answer in Answer::ALL {
        assert_eq!(Answer::parse(answer.as_str()), Some(answer));
        assert_eq!(Answer::from_char(answer.as_char()), Some(answer));
        assert_eq!(serde_json::to_value(answer).unwrap(), answer.as_str());
    }
    for code in [
        AnswerErrorCode::UnknownItem,
        AnswerErrorCode::DuplicateItem,
        AnswerErrorCode::AnswerNotOffered,
        AnswerErrorCode::UnknownOption,
        AnswerErrorCode::UnknownAnswer,
        AnswerErrorCode::WrongLength,
    ] {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
    assert_eq!(
        (Answer::parse("maybe"), Answer::from_char('y')),
        (None, None)
    );
}

fn any_line() -> impl Strategy<Value = Vec<Answer>> {
    prop::collection::vec(prop::sample::select(Answer::ALL.to_vec()), 24)
}

fn score_of(tool: &Tool, answers: &[Answer]) -> Score {
    let line: String = answers.iter().map(|answer| answer.as_char()).collect();
    score(tool, &answers_from_line(tool, &line).unwrap()).unwrap()
}

proptest! {
    #[test]
    fn the_score_stays_within_its_tool(answers in any_line()) {
        let score = score_of(&dash(), &answers);
        prop_assert!(score.yes <= score.maximum);
        prop_assert_eq!(Some(score.answered + score.not_asked), score.maximum);
        prop_assert_eq!(score.yes.is_some(), score.answered > 0);
    }

    #[test]
    fn one_more_yes_never_lowers(mut answers in any_line(), place in 0_usize..24) {
        let dash = dash();
        let before = score_of(&dash, &answers);
        answers[place] = Answer::Yes;
        let after = score_of(&dash, &answers);
        prop_assert!(after.yes >= before.yes);
        prop_assert!(after.yes_count() <= before.yes_count() + 1);
    }

    #[test]
    fn only_a_yes_scores(answers in any_line()) {
        let plain: Vec<_> = answers
            .iter()
            .map(|answer| if *answer == Answer::Yes { Answer::Yes } else { Answer::No })
            .collect();
        prop_assert_eq!(score_of(&dash(), &answers).yes_count(), score_of(&dash(), &plain).yes_count());
    }

    #[test]
    fn a_repeat_lies_between_the_last_referral_and_its_flag(
        last in 0_i64..20_000, gap in -800_i64..800, months in 1_u32..36,
    ) {
        let last = date("1990-01-01") + chrono::TimeDelta::days(last);
        let this = last + chrono::TimeDelta::days(gap);
        let expected = (last..=flag_expires(last, months)).contains(&this);
        prop_assert_eq!(is_repeat(Some(last), this, months), expected);
    }
}
