//! One binary, the whole service in process.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod domain_kit;
mod domain_model;
mod domain_silence;
mod domain_states;
mod domain_states_doc;
mod domain_table;
mod domain_turns;
mod layers;
mod link_vectors;
mod mail_dkim;
mod mail_driver;
mod mail_transports;
mod store_courier;
mod store_coverage;
mod store_db;
mod store_introductions;
mod store_kit;
mod store_migrations;
mod store_outbox;
mod store_people;
mod store_plans;
mod store_post;
mod story;
mod story_mails;
mod support;
mod two_yeses;
mod two_yeses_stage;
mod web_pages_answer;
mod worker_courier;
mod worker_faults;
mod worker_races;
mod worker_route;
mod worker_running;
