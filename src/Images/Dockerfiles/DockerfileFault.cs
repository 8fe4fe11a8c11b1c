using Appliance.Core.Errors;

namespace Appliance.Images.Dockerfiles;

/// <summary>What is wrong with a Dockerfile, and in which line.</summary>
internal static class DockerfileFault
{
    public static ApplianceException At(int line, string what) => new(ErrorKind.InvalidArgument, $"Dockerfile, line {line}: {what}");
}
