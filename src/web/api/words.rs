//! The words of the domain as schemas, so that the document lists exactly those that the code knows.

use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

use crate::domain::answer::Choice;
use crate::domain::asking::{Order, Purpose, Side};
use crate::domain::circle::Circle;
use crate::domain::import::Stage;
use crate::domain::introduction::StateName;
use crate::domain::letter::DeliveryState;
use crate::domain::merge::{self, Kind};
use crate::domain::outcome::Outcome;
use crate::domain::own_card::Question;

pub fn state() -> Schema {
    one_of(StateName::ALL.iter().map(|word| word.as_str()))
}

pub fn purpose() -> Schema {
    one_of(Purpose::ALL.iter().map(|word| word.as_str()))
}

pub fn order() -> Schema {
    one_of(Order::ALL.iter().map(|word| word.as_str()))
}

pub fn side() -> Schema {
    one_of(Side::ALL.iter().map(|word| word.as_str()))
}

pub fn side_or_null() -> Schema {
    or_null(Side::ALL.iter().map(|word| word.as_str()))
}

pub fn choice() -> Schema {
    one_of(Choice::ALL.iter().map(|word| word.as_str()))
}

pub fn outcome() -> Schema {
    one_of(Outcome::ALL.iter().map(|word| word.as_str()))
}

pub fn outcome_or_null() -> Schema {
    or_null(Outcome::ALL.iter().map(|word| word.as_str()))
}

pub fn delivery_state() -> Schema {
    one_of(DeliveryState::ALL.iter().map(|word| word.as_str()))
}

pub fn circle() -> Schema {
    one_of(Circle::ALL.iter().map(|word| word.as_str()))
}

pub fn stage() -> Schema {
    one_of(Stage::ALL.iter().map(|word| word.as_str()))
}

pub fn entry_kind() -> Schema {
    one_of(Kind::ALL.iter().map(|word| word.as_str()))
}

pub fn entry_choice() -> Schema {
    one_of(merge::Choice::ALL.iter().map(|word| word.as_str()))
}

pub fn question() -> Schema {
    one_of(Question::ALL.iter().map(|word| word.as_str()))
}

fn one_of(words: impl Iterator<Item = &'static str>) -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build().into()
}

fn or_null(words: impl Iterator<Item = &'static str>) -> Schema {
    let kinds = SchemaType::from_iter([Type::String, Type::Null]);
    let words = words.map(serde_json::Value::from).chain([serde_json::Value::Null]);
    ObjectBuilder::new().schema_type(kinds).enum_values(Some(words)).build().into()
}
