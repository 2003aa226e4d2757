mod domain_kit;
mod link_vectors;
mod mail_dkim;
mod mail_driver;
mod mail_transports;
mod support;
mod web_pages_answer;
