namespace Appliance.Tests.Metadata;

/// <summary>A theory that needs the right to mount file systems.</summary>
public sealed class MountTheoryAttribute : TheoryAttribute
{
    public MountTheoryAttribute() => Skip = new MountFactAttribute().Skip;
}
