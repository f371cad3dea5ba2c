//! What a change of settings makes of those in force.

use serde_json::{Map, Value};

use kernel::error::{Error, FieldError, Result};
use kernel::http::{read_value, validated};
use practice::edge::from_a_caller;
use practice::marac::settings::MaracSettings;
use practice::risk::{ToolRole, Tools};

/// The settings after a change: what is sent takes the place of what was, group by group; what is
/// not sent stays as it is, whatever today's rules for text are. Refusals point below `/settings`.
pub fn changed(current: &MaracSettings, change: Map<String, Value>) -> Result<MaracSettings> {
    let change = read(&Value::Object(change)).map_err(below_settings)?;
    let mut merged = to_json(current)?;
    merge(&mut merged, change);
    read_value(merged)
        .and_then(validated)
        .map_err(below_settings)
}

/// What was sent, as its types read it from a caller. To be read it is laid over the usual settings, and
/// taken off again.
fn read(change: &Value) -> Result<Value> {
    let mut whole = to_json(&MaracSettings::default())?;
    merge(&mut whole, change.clone());
    let whole: MaracSettings = from_a_caller(None, || read_value(whole))?;
    Ok(only_sent(to_json(&whole)?, change))
}

fn only_sent(read: Value, sent: &Value) -> Value {
    match (read, sent) {
        (Value::Object(read), Value::Object(sent)) => {
            let sent = |name: String, value| Some((only_sent(value, sent.get(&name)?), name));
            let parts = read
                .into_iter()
                .filter_map(|(name, value)| sent(name, value));
            parts.map(|(value, name)| (name, value)).collect()
        }
        (read, _) => read,
    }
}

fn to_json(settings: &MaracSettings) -> Result<Value> {
    serde_json::to_value(settings).map_err(|_| Error::Internal("settings did not serialise"))
}

/// The tool a MARAC goes by is a published threshold tool that can reach its threshold. Asked where one of
/// the two changes: a tool that is no longer published goes on until the MARAC chooses another.
pub fn tool_fits(
    current: Option<&MaracSettings>,
    new: &MaracSettings,
    tools: &Tools,
) -> Result<()> {
    let both = |of: &MaracSettings| (of.threshold_tool.clone(), of.high_risk_threshold);
    if current.is_some_and(|current| both(current) == both(new)) {
        return Ok(());
    }
    let usable = |tool: &&practice::risk::Tool| tool.role == ToolRole::Threshold;
    let found = tools.latest(&new.threshold_tool).filter(usable);
    let Some(tool) = found else {
        let mut allowed: Vec<_> = tools.iter().filter(usable).map(|tool| &*tool.id).collect();
        allowed.dedup();
        let message = format!("Name a threshold tool: {}.", allowed.join(", "));
        let (pointer, code) = ("/settings/threshold_tool", "not_a_threshold_tool");
        return Err(Error::invalid(vec![FieldError::new(
            pointer, code, message,
        )]));
    };
    let maximum = tool.max_score().unwrap_or(0);
    if new.high_risk_threshold > maximum {
        let message = format!("With this tool at most {maximum}: no answers reach more.");
        let (pointer, code) = ("/settings/high_risk_threshold", "out_of_reach");
        return Err(Error::invalid(vec![FieldError::new(
            pointer, code, message,
        )]));
    }
    Ok(())
}

fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (name, value) in change {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change,
    }
}

fn below_settings(error: Error) -> Error {
    match error {
        Error::Problem(mut problem) => {
            for field in &mut problem.errors {
                field.pointer.insert_str(0, "/settings");
            }
            Error::Problem(problem)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(value: Value) -> Result<MaracSettings> {
        let Value::Object(map) = value else {
            panic!("{value}")
        };
        let mut current = MaracSettings::default();
        current.deadlines.idva_contact_hours = 24;
        current.labels.survivor = "victim".parse().unwrap();
        changed(&current, map)
    }

    #[test]
    fn what_is_not_sent_stays() {
        let after = change(json!({
            "high_risk_threshold": 12,
            "deadlines": { "minutes_working_days": 5 },
            "quorum": { "agency_kinds": ["police"] },
        }))
        .unwrap();
        assert_eq!(after.high_risk_threshold, 12);
        assert_eq!(after.deadlines.minutes_working_days, 5);
        assert_eq!(after.deadlines.idva_contact_hours, 24);
        assert_eq!(after.labels.survivor, "victim");
        assert_eq!(after.quorum.agency_kinds.len(), 1);
    }

    #[test]
    fn text_from_before_stays_and_what_is_sent_is_read_by_the_rules() {
        let mut current = MaracSettings::default();
        current.labels.marking = practice::text::Line::as_stored(" \u{202e} ");
        let merged = |sent: Value| match sent {
            Value::Object(sent) => changed(&current, sent),
            _ => panic!("{sent}"),
        };
        let after = merged(json!({ "labels": { "survivor": " e\u{301} " } })).unwrap();
        assert_eq!(after.labels.survivor, "\u{e9}");
        assert_eq!(after.labels.marking, " \u{202e} ");
        assert!(merged(json!({ "labels": { "marking": "\u{202e}" } })).is_err());
    }

    #[test]
    fn refusals_point_below_settings() {
        for (sent, pointer, code) in [
            (json!({ "treshold": 12 }), "/settings", "unknown_field"),
            (
                json!({ "high_risk_threshold": 0 }),
                "/settings/high_risk_threshold",
                "range",
            ),
            (
                json!({ "labels": { "marking": 7 } }),
                "/settings/labels/marking",
                "wrong_type",
            ),
            (
                json!({ "calendar": null }),
                "/settings/calendar",
                "wrong_type",
            ),
            (
                json!({ "deadlines": { "circulation_working_days": 60 } }),
                "/settings/deadlines",
                "deadlines_out_of_order",
            ),
        ] {
            let Err(Error::Problem(problem)) = change(sent.clone()) else {
                panic!("{sent}")
            };
            let found = &problem.errors[0];
            assert_eq!(
                (found.pointer.as_str(), found.code.as_str()),
                (pointer, code),
                "{sent}"
            );
        }
    }
}
