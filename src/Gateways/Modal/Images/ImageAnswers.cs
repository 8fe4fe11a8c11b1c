using Appliance.Images;
using Appliance.Images.Building.Jobs;
using Appliance.Metadata.Images;
using Appliance.Protos.Modal;
using Status = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Gateways.Modal.Images;

/// <summary>Builds and images in the protocol's words.</summary>
internal static class ImageAnswers
{
    /// <summary>Null while it runs: then the client waits.</summary>
    public static GenericResult? ResultOf(BuildOutcome outcome) => outcome.State switch
    {
        ImageBuildState.Succeeded => new GenericResult { Status = Status.Success },
        ImageBuildState.Failed => Failure(Status.Failure, outcome),
        ImageBuildState.Cancelled => Failure(Status.Terminated, outcome),
        ImageBuildState.TimedOut => Failure(Status.Timeout, outcome),
        _ => null,
    };

    /// <summary>Null for a build that has no image.</summary>
    public static ImageMetadata? MetadataOf(ImageLibrary library, BuildOutcome outcome)
    {
        if (outcome.Image is not { } image)
        {
            return null;
        }

        var metadata = new ImageMetadata();
        if (image.Config.Run.WorkingDir is { Length: > 0 } directory)
        {
            metadata.Workdir = directory;
        }

        if (library.Builds?.FindRequest(outcome.Id) is { } stored && ImageGetOrCreateRequest.Parser.ParseFrom(stored).BuilderVersion is { Length: > 0 } version)
        {
            metadata.ImageBuilderVersion = version;
        }

        if (library.FindPython(image) is { } python)
        {
            metadata.PythonVersionInfo = python.Version;
            metadata.PythonPackages.Add(python.Packages.ToDictionary());
        }

        return metadata;
    }

    private static GenericResult Failure(Status status, BuildOutcome outcome) => new() { Status = status, Exception = outcome.Failure ?? "" };
}
