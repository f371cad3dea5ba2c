use proptest::prelude::*;

use super::*;

const DASH: &str = "safelives_dash";
const ITEMS: u8 = 6;

/// An assessment of a small tool of six items: a letter for each, as in a register.
fn made(number: u32, tool: &str, version: u16, day: i64, letters: &str) -> CountedAssessment {
    let ids = |wanted: &str| {
        let found = letters.chars().enumerate();
        let found = found.filter(|(_, letter)| wanted.contains(*letter));
        found
            .map(|(n, _)| format!("q{}", n + 1))
            .collect::<BTreeSet<_>>()
    };
    let items = Items {
        yes: ids("Y"),
        answered: ids("YND"),
    };
    let answered = u8::try_from(items.answered.len()).unwrap();
    let begin = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let moment = begin.and_hms_opt(0, 0, 0).unwrap().and_utc();
    CountedAssessment {
        id: Uuid::from_u128(u128::from(number)),
        tool: tool.to_owned(),
        version,
        role: match tool {
            "s_dash" => ToolRole::Supplement,
            _ => ToolRole::Threshold,
        },
        score: (answered > 0 && tool != "unscored").then(|| u8::try_from(items.yes.len()).unwrap()),
        answered,
        not_asked: ITEMS - answered,
        assessed_on: begin + chrono::TimeDelta::days(day),
        created_at: moment + chrono::TimeDelta::seconds(i64::from(number)),
        items: Some(items),
    }
}

/// Place, assessment and score of each figure, the leading tool's with a star.
fn told(known: &[CountedAssessment]) -> Vec<String> {
    figures(known, DASH)
        .iter()
        .map(|one| {
            let star = if one.leading { "*" } else { "" };
            let score = one.score.map_or("-".to_owned(), |score| score.to_string());
            let by = one.assessment_id.as_u128();
            format!(
                "{star}{} {by}: {score}/{}",
                one.place.as_str(),
                one.answered
            )
        })
        .collect()
}

#[test]
fn what_assessments_come_to() {
    type Case<'a> = (&'a str, &'a [(&'a str, u16, i64, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        ("nothing is known", &[], &[]),
        ("one", &[(DASH, 1, 0, "YYYNND")], &["*standing 1: 3/6"]),
        (
            "a supplement stands beside",
            &[(DASH, 1, 0, "YYYYYN"), ("s_dash", 1, 5, "YNNNNN")],
            &["*standing 1: 5/6", "standing 2: 1/6"],
        ),
        (
            "a part that adds nothing changes nothing",
            &[(DASH, 1, 0, "YYYYYN"), (DASH, 1, 5, "Y-----")],
            &["*standing 1: 5/6", "*beside 2: 1/1"],
        ),
        (
            "a no of a part takes nothing away",
            &[(DASH, 1, 0, "YYYYYN"), (DASH, 1, 5, "NNN---")],
            &["*standing 1: 5/6", "*beside 2: 0/3"],
        ),
        (
            "a yes of a part raises at once",
            &[
                (DASH, 1, 0, "YYYNNN"),
                (DASH, 1, 5, "---YN-"),
                (DASH, 1, 6, "-----Y"),
            ],
            &[
                "*standing 1: 3/6",
                "*raised 3: 5/6",
                "*beside 3: 1/1",
                "*beside 2: 1/2",
            ],
        ),
        (
            "a lower complete one stands with what was higher before it",
            &[
                (DASH, 1, 0, "YYYYYY"),
                (DASH, 1, 5, "YNNNNN"),
                (DASH, 1, 9, "YYNNNN"),
            ],
            &["*standing 3: 2/6", "*higher_before 1: 6/6"],
        ),
        (
            "what a part had raised was higher before too",
            &[
                (DASH, 1, 0, "YYYNNN"),
                (DASH, 1, 2, "---Y--"),
                (DASH, 1, 5, "YYNNNN"),
            ],
            &["*standing 3: 2/6", "*higher_before 2: 4/6"],
        ),
        (
            "an older one that comes late does not stand",
            &[(DASH, 1, 5, "YYYNNN"), (DASH, 1, 0, "YYYYNN")],
            &["*standing 1: 3/6", "*higher_before 2: 4/6"],
        ),
        (
            "of one day the higher stands, whichever came first",
            &[(DASH, 1, 5, "YYYYNN"), (DASH, 1, 5, "YNNNNN")],
            &["*standing 1: 4/6", "*beside 2: 1/6"],
        ),
        (
            "a part of the day of the complete one counts",
            &[(DASH, 1, 5, "-----Y"), (DASH, 1, 5, "YYNNNN")],
            &["*standing 2: 2/6", "*raised 1: 3/6", "*beside 1: 1/1"],
        ),
        (
            "what it had raised before that is not forgotten",
            &[
                (DASH, 1, 0, "YYYNNN"),
                (DASH, 1, 5, "-----Y"),
                (DASH, 1, 5, "YNNNNN"),
            ],
            &[
                "*standing 3: 1/6",
                "*raised 2: 2/6",
                "*higher_before 2: 4/6",
                "*beside 2: 1/1",
            ],
        ),
        (
            "where there are parts alone, they are put together",
            &[(DASH, 1, 0, "YY----"), (DASH, 1, 5, "-NY---")],
            &["*standing 2: 3/3", "*beside 2: 1/2", "*beside 1: 2/2"],
        ),
        (
            "in another version the same id may ask something else",
            &[
                (DASH, 1, 0, "YYNNNN"),
                (DASH, 2, 5, "--YY--"),
                (DASH, 2, 6, "----Y-"),
            ],
            &[
                "*standing 1: 2/6",
                "*raised 3: 3/3",
                "*beside 3: 1/1",
                "*beside 2: 2/2",
            ],
        ),
        (
            "another threshold tool leads while the MARAC's has no complete one",
            &[
                ("police", 1, 0, "YYYYNN"),
                (DASH, 1, 5, "Y-----"),
                ("s_dash", 1, 6, "YYYYYY"),
            ],
            &["*standing 1: 4/6", "standing 2: 1/1", "standing 3: 6/6"],
        ),
        (
            "once it has, the other stands beside",
            &[("police", 1, 0, "YYYYNN"), (DASH, 1, 5, "YNNNNN")],
            &["*standing 2: 1/6", "standing 1: 4/6"],
        ),
        (
            "a supplement alone leaves the head without a score",
            &[("s_dash", 1, 0, "YYYYYY")],
            &["standing 1: 6/6"],
        ),
        (
            "what was not scored is null",
            &[("unscored", 1, 0, "YYNNNN"), (DASH, 1, 1, "------")],
            &["standing 2: -/0", "standing 1: -/6"],
        ),
    ];
    for (what, given, expected) in cases {
        let known: Vec<_> = (1..)
            .zip(*given)
            .map(|(n, (tool, version, day, letters))| made(n, tool, *version, *day, letters))
            .collect();
        assert_eq!(told(&known), *expected, "{what}");
    }
}

#[test]
fn answers_that_do_not_open_still_count_by_their_score() {
    let mut part = made(2, DASH, 1, 3, "YYYY--");
    part.items = None;
    let known = [made(1, DASH, 1, 0, "NNNNYY"), part];
    assert_eq!(told(&known)[..2], ["*standing 1: 2/6", "*raised 2: 4/6"]);
}

fn any_assessments() -> impl Strategy<Value = Vec<CountedAssessment>> {
    let tool = prop::sample::select(vec![DASH, DASH, DASH, "s_dash", "police", "unscored"]);
    let complete = prop::collection::vec(prop::sample::select(vec!['Y', 'N', 'D']), 6);
    let part = prop::collection::vec(prop::sample::select(vec!['Y', 'N', '-', '-']), 6);
    let letters = prop_oneof![complete, part];
    let one = (tool, 1_u16..3, 0_i64..5, letters);
    prop::collection::vec(one, 0..9).prop_map(|all| {
        let made = |(n, (tool, version, day, letters)): (u32, (&str, u16, i64, Vec<char>))| {
            made(n, tool, version, day, &String::from_iter(letters))
        };
        (1..).zip(all).map(made).collect()
    })
}

fn leading(known: &[CountedAssessment]) -> Vec<Figure> {
    let all = figures(known, DASH);
    all.into_iter().filter(|one| one.leading).collect()
}

fn score_of(figures: &[Figure], place: FigurePlace) -> Option<u8> {
    figures.iter().find(|one| one.place == place)?.score
}

/// What a reader sees as the most.
fn shown(figures: &[Figure]) -> Option<u8> {
    score_of(figures, FigurePlace::Standing).max(score_of(figures, FigurePlace::Raised))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The head is the last complete assessment of the MARAC's tool, and what was higher is there too.
    #[test]
    fn the_head_is_never_less_than_the_last_complete_one(known in any_assessments()) {
        let complete = |one: &&CountedAssessment| one.tool == DASH && one.is_complete();
        let figures = leading(&known);
        let standing = score_of(&figures, FigurePlace::Standing);
        if let Some(day) = known.iter().filter(complete).map(|one| one.assessed_on).max() {
            let of_day = known.iter().filter(complete).filter(|one| one.assessed_on == day);
            prop_assert_eq!(standing, of_day.map(|one| one.score).max().unwrap());
            let most = known.iter().filter(complete).map(|one| one.score).max().unwrap();
            let both = standing.max(score_of(&figures, FigurePlace::HigherBefore));
            prop_assert!(both >= most, "{} is not shown", most.unwrap());
        }
    }

    /// Every yes of the last complete assessment and of the parts since then is counted.
    #[test]
    fn no_yes_is_lost(known in any_assessments()) {
        let of_tool = |one: &&CountedAssessment| one.tool == DASH && one.score.is_some();
        let last = known.iter().filter(of_tool).filter(|one| one.is_complete());
        let Some(last) = last.max_by_key(|one| (one.assessed_on, one.score, one.created_at)) else {
            return Ok(());
        };
        let mut yes = last.items.clone().unwrap().yes;
        let parts = known.iter().filter(of_tool).filter(|one| !one.is_complete());
        for part in parts.filter(|one| one.assessed_on >= last.assessed_on) {
            if part.version == last.version {
                yes.extend(part.items.clone().unwrap().yes);
            }
        }
        prop_assert!(shown(&leading(&known)) >= u8::try_from(yes.len()).ok());
    }

    /// A supplement, or a part, lowers nothing that is shown.
    #[test]
    fn nothing_but_a_complete_one_lowers(known in any_assessments(), more in any_assessments()) {
        let before = leading(&known);
        for one in more.iter().filter(|one| one.tool == "s_dash" || one.tool == "unscored") {
            let mut after = known.clone();
            after.push(CountedAssessment { id: Uuid::from_u128(99), ..one.clone() });
            prop_assert_eq!(&leading(&after), &before);
        }
        for one in more.iter().filter(|one| one.tool == DASH && !one.is_complete()) {
            let mut after = known.clone();
            after.push(CountedAssessment { id: Uuid::from_u128(99), ..one.clone() });
            let after = leading(&after);
            let stood = known.iter().any(|one| one.tool == DASH && one.is_complete());
            if stood {
                let standing = FigurePlace::Standing;
                prop_assert_eq!(score_of(&after, standing), score_of(&before, standing));
            }
            let was_other = before.first().is_some_and(|first| {
                known.iter().any(|one| one.id == first.assessment_id && one.tool != DASH)
            });
            if !was_other {
                prop_assert!(shown(&after) >= shown(&before));
            }
        }
    }

    /// In whatever order they are read, the figures are the same.
    #[test]
    fn the_order_of_rows_decides_nothing(known in any_assessments()) {
        let mut turned = known.clone();
        turned.reverse();
        prop_assert_eq!(figures(&known, DASH), figures(&turned, DASH));
    }
}
