using Appliance.Images.Catalog;
using Appliance.Metadata.Images;

namespace Appliance.Images.Building.Jobs;

/// <summary>How a build stands.</summary>
/// <param name="Id">The id that the image has, or will have.</param>
/// <param name="State">How far it is.</param>
/// <param name="Failure">Why it failed, for people; null otherwise.</param>
/// <param name="Image">The image, once it succeeded.</param>
public sealed record BuildOutcome(string Id, ImageBuildState State, string? Failure, Image? Image)
{
    public bool HasEnded => State != ImageBuildState.Running;
}
