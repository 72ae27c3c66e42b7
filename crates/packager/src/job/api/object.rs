//! Reading a JSON object field by field, knowing each field's place and which were never read.

use std::cell::{Cell, RefCell};

use media::Time;

use super::json::Json;
use crate::job::{JobError, seconds};

/// An object whose fields are being read.
pub(super) struct Object<'a> {
    place: String,
    entries: &'a [(String, Json)],
    read: Vec<Cell<bool>>,
    /// Where the objects read below this one leave their unread fields.
    below: std::rc::Rc<RefCell<Vec<String>>>,
}

/// A field that is there, with its place: `dash_option.min_buffer_time`.
pub(super) struct Field<'a> {
    pub(super) place: String,
    value: &'a Json,
    unread: std::rc::Rc<RefCell<Vec<String>>>,
}

impl<'a> Object<'a> {
    /// The whole document.
    pub(super) fn root(json: &'a Json) -> Result<Object<'a>, JobError> {
        let unread = std::rc::Rc::default();
        Field {
            place: String::new(),
            value: json,
            unread,
        }
        .object()
    }

    /// The field called `name`; `None` when it is absent or `null`.
    pub(super) fn field(&self, name: &str) -> Option<Field<'a>> {
        let at = self.entries.iter().position(|(key, _)| key == name)?;
        if let Some(read) = self.read.get(at) {
            read.set(true);
        }
        let (_, value) = self.entries.get(at)?;
        let place = format!("{}{name}", self.place);
        (*value != Json::Null).then(|| Field {
            place,
            value,
            unread: self.below.clone(),
        })
    }

    /// The names of the fields here.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// A message for each field here and below that nobody read.
    pub(super) fn unread(self) -> Vec<String> {
        let below = self.below.clone();
        drop(self);
        below.take()
    }
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        let names = self
            .entries
            .iter()
            .zip(&self.read)
            .filter(|(_, read)| !read.get());
        let place = &self.place;
        let messages = names.map(|((name, _), _)| match super::known::meant(place, name) {
            Some(field) => format!("{place}{name}: unknown field, ignored; is {field} meant?"),
            None => format!("{place}{name}: unknown field, ignored"),
        });
        self.below.borrow_mut().extend(messages);
    }
}

impl<'a> Field<'a> {
    /// An object.
    pub(super) fn object(&self) -> Result<Object<'a>, JobError> {
        let Json::Object(entries) = self.value else {
            return Err(self.refuse("an object"));
        };
        let place = if self.place.is_empty() {
            String::new()
        } else {
            format!("{}.", self.place)
        };
        let read = entries.iter().map(|_| Cell::new(false)).collect();
        Ok(Object {
            place,
            entries,
            read,
            below: self.unread.clone(),
        })
    }

    /// The items of a list; anything else is a list of itself.
    pub(super) fn list(&self) -> Vec<Field<'a>> {
        let unread = || self.unread.clone();
        let Json::List(items) = self.value else {
            return vec![Field {
                place: self.place.clone(),
                value: self.value,
                unread: unread(),
            }];
        };
        let place = |index| format!("{}[{index}]", self.place);
        let field = |(index, value)| Field {
            place: place(index),
            value,
            unread: unread(),
        };
        items.iter().enumerate().map(field).collect()
    }

    /// Text; a number stands for its digits.
    pub(super) fn text(&self) -> Result<String, JobError> {
        match self.value {
            Json::Text(text) => Ok(text.clone()),
            Json::Number(number) => Ok(number.to_string()),
            Json::Null | Json::Boolean(_) | Json::List(_) | Json::Object(_) => {
                Err(self.refuse("a string"))
            }
        }
    }

    /// Whether this is a string without a character.
    pub(super) fn is_empty_text(&self) -> bool {
        matches!(self.value, Json::Text(text) if text.is_empty())
    }

    /// `true` or `false`, also as strings.
    pub(super) fn boolean(&self) -> Result<bool, JobError> {
        match self.value {
            Json::Boolean(value) => Ok(*value),
            Json::Text(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Json::Text(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Json::Null | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
                Err(self.refuse("true or false"))
            }
        }
    }

    /// Seconds, as a number or a string.
    pub(super) fn seconds(&self, expected: &str) -> Result<Time, JobError> {
        let text = self.text().map_err(|_| self.refuse(expected))?;
        seconds(text.trim()).map_err(|_| self.refuse(expected))
    }

    /// A whole number of at least 1, as a number or a string.
    pub(super) fn positive(&self, expected: &str) -> Result<u32, JobError> {
        let text = self.text().map_err(|_| self.refuse(expected))?;
        let number = text.trim().parse().ok().filter(|number| *number > 0);
        number.ok_or_else(|| self.refuse(expected))
    }

    /// The error that this field's value is not what it should be.
    pub(super) fn refuse(&self, expected: &str) -> JobError {
        let place = if self.place.is_empty() {
            "job"
        } else {
            &self.place
        };
        JobError::value(place, self.value, expected)
    }
}
