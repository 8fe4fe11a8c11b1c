namespace Appliance.Tests.Containers.Networks;

/// <summary>As <see cref="NetworkFactAttribute"/>, for several cases.</summary>
public sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute() => Skip = NetworkFactAttribute.Obstacle;
}
