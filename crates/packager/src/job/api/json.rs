//! JSON that keeps the order of fields and refuses a field given twice.
//!
//! `serde_json::Value` silently keeps the last of two equal names: a job whose protection is
//! named twice would be packaged as the second says.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        let number = serde_json::Number::from_f64(value);
        number
            .map(Json::Number)
            .ok_or_else(|| E::custom("number is not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some((name, value)) = entries.next_entry::<String, Json>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format!("field {name:?} is given twice")));
            }
            object.push((name, value));
        }
        Ok(Json::Object(object))
    }
}

impl fmt::Display for Json {
    /// The value as a message shows it: scalars whole, the rest by its kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Boolean(value) => value.fmt(f),
            Json::Number(value) => value.fmt(f),
            Json::Text(value) if value.len() <= 80 => write!(f, "{value:?}"),
            Json::Text(value) => write!(f, "a string of {} bytes", value.len()),
            Json::List(items) if items.is_empty() => f.write_str("[]"),
            Json::List(items) => write!(f, "a list of {}", items.len()),
            Json::Object(_) => f.write_str("an object"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_given_twice_is_refused_with_its_place() {
        let error = serde_json::from_str::<Json>("{\"a\":1,\n\"a\":2}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "field \"a\" is given twice at line 2 column 6"
        );
    }

    #[test]
    fn nesting_beyond_reason_is_an_error() {
        assert!(serde_json::from_str::<Json>(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn every_kind_of_value_is_kept() {
        let json: Json = serde_json::from_str(r#"[null, true, -1, 2.5, "x", {"k": []}]"#).unwrap();
        let Json::List(items) = json else {
            panic!("a list")
        };
        let shown: Vec<String> = items.iter().map(Json::to_string).collect();
        assert_eq!(shown, ["null", "true", "-1", "2.5", "\"x\"", "an object"]);
    }
}
