//! twoyes: an introduction leaves only on two yeses.

pub mod app;
pub mod backup;
pub mod cards;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod dns;
pub mod doctor;
pub mod domain;
pub mod flow;
pub mod ids;
pub mod keyring;
pub mod mail;
pub mod metrics;
pub mod store;
pub mod telemetry;
pub mod urls;
pub mod view;
pub mod web;
pub mod worker;
