mod domain_kit;
mod link_vectors;
