namespace Appliance.Tests.Images;

/// <summary>As <see cref="RootFactAttribute"/>, for several cases.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root: files of images belong to many users";
        }
    }
}
