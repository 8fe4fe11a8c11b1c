using Appliance.Core.Errors;

namespace Appliance.Admin.Bundles;

/// <summary>What can be wrong with a bundle.</summary>
internal static class BundleFault
{
    public static ApplianceException Damaged(string what, Exception? cause = null) =>
        new(ErrorKind.InvalidArgument, $"The bundle is damaged, cut off or none at all: {what}. Copy it here again.", cause);

    public static ApplianceException Foreign(string what) =>
        new(ErrorKind.FailedPrecondition, $"The bundle holds {what}, which this version does not know: take it in with the version that made it, or a newer one.");
}
