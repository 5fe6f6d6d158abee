"""Stand-ins for Pulumi's provider plugins; the engine finds them as `pulumi-resource-<name>` on its PATH."""
