mod domain_kit;
mod domain_model;
mod domain_silence;
mod domain_states;
mod domain_states_doc;
mod domain_table;
mod domain_turns;
mod link_vectors;
