namespace Appliance.Images.Layers;

/// <summary>
/// Which extended attributes belong to an image. Those of the union file system would let an archive name files of other
/// layers as its own; labels of a security module are the host's business.
/// </summary>
internal static class AttributePolicy
{
    public static bool IsKept(string key) =>
        key.StartsWith("user.", StringComparison.Ordinal) || key is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default";
}
