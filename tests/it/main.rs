mod mail_dkim;
mod mail_driver;
mod support;
