using Appliance.Core.Errors;

namespace Appliance.Admin.Bundles;

/// <summary>What can be wrong with a bundle.</summary>
internal static class BundleFault
{
    /// <param name="path">The bundle.</param>
    /// <param name="what">How that is seen.</param>
    /// <param name="cause">What found it.</param>
    public static ApplianceException Damaged(string path, string what, Exception? cause = null) =>
        new(ErrorKind.InvalidArgument, $"'{path}' is damaged, cut off or no bundle: {what}. Copy it here again.", cause);

    public static ApplianceException Foreign(string path, string what) => new(
        ErrorKind.FailedPrecondition, $"'{path}' holds {what}, which this version does not know: take it in with the version that made it, or a newer one.");
}
